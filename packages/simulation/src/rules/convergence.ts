import type { ServiceRecord } from '@mooring/local-rancher';
import { POOL_LABEL, POOL_OWNER, type Session, UNCLAIMED_LABEL } from '@mooring/resources';
import { sessionOf } from '../world/data-centre.js';
import type { Person } from '../world/people.js';
import type { Facts } from './call-rules.js';

export interface Wanted {
  people: readonly Person[];
  poolReplicas: number;
  /** How many services Mooring says belong to nobody: such are told, and left alone. */
  strays: number;
}

/** Why the world is not yet as it is recorded; undefined where it is. */
export function unconverged(facts: Facts, wanted: Wanted): string | undefined {
  const sessions = facts.sessions().list();
  return (
    first(sessions, (session) => unsettled(session, facts)) ??
    superfluous(facts, wanted) ??
    first([...facts.traefik.routes.keys()], (uid) =>
      facts.sessions().byUid(uid) ? undefined : `a route leads to ${uid}, which is gone`,
    ) ??
    first(wanted.people, (person) => unkept(person, sessions)) ??
    poolGap(sessions, wanted.poolReplicas)
  );
}

function first<T>(items: readonly T[], problem: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = problem(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unsettled(session: Session, facts: Facts): string | undefined {
  const { metadata, spec, status } = session;
  if (metadata.deletionTimestamp !== undefined) return `${metadata.name} is still being deleted`;
  const services = facts.centre.services().filter((service) => sessionOf(service) === metadata.uid);
  if (!spec.running) return stillRuns(session, services);
  if (status.phase === 'Failed' && services.length === 0 && isTaken(metadata.name, facts)) return undefined;
  if (status.phase !== 'Ready') return `${metadata.name} is ${status.phase}: ${reasonOf(session)}`;
  const [service] = services;
  if (!service || services.length > 1) return `${metadata.name} has ${services.length} services`;
  if (service.name !== metadata.name && !isTaken(metadata.name, facts)) return `the service of ${metadata.name} is called ${service.name}`;
  return unreachable(session, service, facts);
}

/** Rancher compares names without regard to case. */
const isTaken = (name: string, { centre }: Facts): boolean =>
  centre.services().some((service) => service.name.toLowerCase() === name.toLowerCase());

/** Whether a session can't get its name, since something has it that isn't its own: it goes on asking. */
export const isNameTaken = (facts: Facts): boolean =>
  facts
    .sessions()
    .list()
    .some(({ metadata, spec }) => {
      const names = facts.centre.services().filter((service) => service.name.toLowerCase() === metadata.name.toLowerCase());
      return spec.running && names.some((service) => sessionOf(service) !== metadata.uid);
    });

function stillRuns({ metadata, status }: Session, services: readonly ServiceRecord[]): string | undefined {
  if (status.phase !== 'Stopped') return `${metadata.name} is ${status.phase}, and is to be stopped`;
  if (services.length > 1) return `${metadata.name} is stopped and has ${services.length} services`;
  return services.every(({ state }) => state === 'inactive') ? undefined : `the service of ${metadata.name} is ${services[0]?.state}`;
}

function unreachable({ metadata }: Session, service: ServiceRecord, { centre, traefik }: Facts): string | undefined {
  const ip = traefik.routes.get(metadata.uid)?.ip;
  const container = ip === undefined ? undefined : centre.runningAt(ip);
  if (container?.serviceId !== service.id) return `the route of ${metadata.name} (${ip ?? 'none'}) does not lead to its container`;
  return centre.answers(container) ? undefined : `the container of ${metadata.name} does not answer yet`;
}

const reasonOf = ({ status }: Session): string => status.conditions.find(({ type }) => type === 'Ready')?.message ?? 'no reason given';

function superfluous(facts: Facts, { strays }: Wanted): string | undefined {
  const nobodys = facts.centre.services().filter((service) => {
    const uid = sessionOf(service);
    return uid !== undefined && !facts.sessions().byUid(uid);
  });
  const left = nobodys.find(
    (service) => !service.name.endsWith('-copy') && service.createdTS < (facts.ledger.endedAt(sessionOf(service) ?? '') ?? 0),
  );
  if (left) return `${left.name} (1s${left.id}) was there when its session went, and still is`;
  if (nobodys.length === strays) return undefined;
  const names = nobodys.map(({ name, id }) => `${name} (1s${id})`).join(', ');
  return `${nobodys.length} services belong to no session, and ${strays} are told: ${names}`;
}

/** What somebody was told is so. */
function unkept({ user, wish }: Person, sessions: readonly Session[]): string | undefined {
  const theirs = sessions.filter(({ spec }) => spec.owner.name === user);
  if (wish === 'session' && theirs.length !== 1) return `${user} was promised a session and has ${theirs.length}`;
  if (wish === 'none' && theirs.length > 0) return `${user} has a session that was deleted`;
  return undefined;
}

function poolGap(sessions: readonly Session[], replicas: number): string | undefined {
  const members = sessions.filter(({ metadata }) => metadata.labels[POOL_LABEL] !== undefined);
  const claimed = sessions.find(({ metadata, spec }) => metadata.labels[UNCLAIMED_LABEL] !== undefined && spec.owner.name !== POOL_OWNER);
  if (claimed) return `${claimed.metadata.name} was claimed, though an earlier claim of it may have been lost`;
  return members.length === replicas ? undefined : `${members.length} sessions wait in the pool, not ${replicas}`;
}
