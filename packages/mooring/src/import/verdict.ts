import { findSession, type ServiceMark, serviceMarkSchema } from '@mooring/controller';
import type { Service } from '@mooring/rancher-client';
import { type Draft, IMPORTED_OWNER, IMPORTED_SERVICE_ANNOTATION, nameSchema, type Session } from '@mooring/resources';
import type { Candidate } from './candidates.js';

/** What happens to a service: `drain` and `leave` are left to the operator. */
export type Verdict =
  | { action: 'import'; mark: ServiceMark; draft: Draft<'Session'>; uid: string; secret: string }
  | { action: 'imported' | 'drain' | 'leave'; reason: string };

/** What a service doesn't say itself. */
export interface Surroundings {
  /** What every imported session gets: as the configuration has it. */
  template: Pick<Session['spec'], 'route' | 'probe' | 'idlePolicy'>;
  /** Sessions of the store by name. */
  sessions: ReadonlyMap<string, Session>;
  /** The id of the first service of each name. */
  firstOfName: ReadonlyMap<string, string>;
  newUid: () => string;
  now: Date;
}

const LEAVING = new Set(['removing', 'removed', 'purging', 'purged']);
/** narrative-traefiker's cookies: a UUID without hyphens. */
const OLD_SECRET = /^[0-9a-f]{32}$/;

const leave = (reason: string): Verdict => ({ action: 'leave', reason });

/** What to do about a service that narrative-traefiker left, and why. Pure but for the uid. */
export function judge({ kind, service }: Candidate, around: Surroundings): Verdict {
  if (LEAVING.has(service.state)) return leave('it is being removed');
  if (kind === 'prespawned') return { action: 'drain', reason: 'nobody has it: remove it when narrative-traefiker has stopped' };
  const taken = takenBy(service, around);
  if (taken) return taken;
  const secret = service.launchConfig?.labels?.session_id ?? '';
  if (!OLD_SECRET.test(secret)) return leave('it has no label session_id of 32 hexadecimal digits');
  if (!nameSchema.safeParse(service.name).success) return leave('its name can be none of a session: letters, digits and single hyphens');
  const mark = markFor(service, around);
  const found = findSession({ ...service, metadata: { ...service.metadata, mooring: mark } }, around.now);
  if ('problem' in found) return leave(found.problem);
  return { action: 'import', mark, draft: asItIs(found.draft, service), uid: found.uid, secret };
}

function takenBy(service: Service, { sessions, firstOfName }: Surroundings): Verdict | undefined {
  const holder = sessions.get(service.name);
  if (holder && holder.metadata.uid === markedUid(service)) return { action: 'imported', reason: 'it has its session already' };
  if (holder) return leave('there is a session of that name already, with another service');
  const first = firstOfName.get(service.name);
  return first === undefined || first === service.id ? undefined : leave(`the service ${first} has the same name`);
}

const markedUid = ({ metadata }: Service): string | undefined => serviceMarkSchema.safeParse(metadata.mooring).data?.uid;

/** Whose it is, only the person can tell; one that an import before was stopped at keeps its uid. */
function markFor(service: Service, { template, newUid }: Surroundings): ServiceMark {
  return {
    session: service.name,
    uid: markedUid(service) ?? newUid(),
    owner: IMPORTED_OWNER,
    route: template.route,
    probe: template.probe,
    ...(template.idlePolicy && { idlePolicy: template.idlePolicy }),
    labels: {},
    annotations: { [IMPORTED_SERVICE_ANNOTATION]: service.id },
    launchLabels: {},
  };
}

/** What has ended isn't started by an import, but when its person comes. */
function asItIs(draft: Draft<'Session'>, { state, instances }: Service): Draft<'Session'> {
  const hasEnded =
    state === 'active' && (instances ?? []).length > 0 && (instances ?? []).every((container) => container.state === 'stopped');
  return hasEnded ? { ...draft, spec: { ...draft.spec, running: false } } : draft;
}
