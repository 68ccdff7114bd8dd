import type { Service } from '@mooring/rancher-client';
import type { Session, Snapshot } from '@mooring/resources';
import { decideAdoption, type StrayReason } from '../adoption/decide.js';
import { rebuildSession } from '../adoption/rebuild.js';
import { isLeaving } from '../sessions/observed.js';
import { seeService } from '../sessions/seen.js';

/** What of a store's contents is looked at. */
export type Recorded = Pick<Snapshot, 'deleted'> & { objects: Omit<Snapshot['objects'], 'Event'> };

/** A session whose record was lost, and that would get one again. */
export interface Adoption {
  session: string;
  uid: string;
  /** The ids of its services. */
  services: string[];
  why: string;
}

/** A service of ours that is nobody's. */
export interface Stray {
  id: string;
  name: string;
  state: string;
  /** The Session's that it says it is. */
  uid: string;
  reason: StrayReason;
  message: string;
}

/** What becomes of services whose Session has no record. Pure. */
export function surveyUnrecorded({ objects, deleted }: Recorded, services: readonly Service[]): { adoptions: Adoption[]; strays: Stray[] } {
  const known = new Set(objects.Session.map(({ metadata }) => metadata.uid));
  const holders = new Map(objects.Session.map((session) => [session.metadata.name, session]));
  const found = { adoptions: [] as Adoption[], strays: [] as Stray[] };
  for (const [uid, group] of byUid(services)) {
    if (known.has(uid)) continue;
    const fate = fateOf(group, { deleted: deleted.has(uid), holders });
    const isFirst = 'session' in fate && !found.adoptions.some(({ session }) => session === fate.session);
    if (isFirst) found.adoptions.push({ ...fate, uid, services: group.map(({ id }) => id) });
    else if ('session' in fate) found.strays.push(...strays(group, uid, nameTaken(fate.session)));
    else found.strays.push(...strays(group, uid, fate));
  }
  return found;
}

const nameTaken = (session: string): Pick<Stray, 'reason' | 'message'> => ({
  reason: 'name-taken',
  message: `another service is the session ${session}; remove one of the two`,
});

const strays = (group: readonly Service[], uid: string, said: Pick<Stray, 'reason' | 'message'>): Stray[] =>
  group.map(({ id, name, state }) => ({ id, name: name ?? '', state, uid, reason: said.reason, message: said.message }));

function byUid(services: readonly Service[]): Map<string, [Service, ...Service[]]> {
  const groups = new Map<string, [Service, ...Service[]]>();
  for (const service of services) {
    const seen = seeService(service);
    if (seen.sessionUid === undefined || seen.gone || isLeaving(seen)) continue;
    const group = groups.get(seen.sessionUid);
    if (group) group.push(service);
    else groups.set(seen.sessionUid, [service]);
  }
  return groups;
}

function fateOf(
  [service]: [Service, ...Service[]],
  { deleted, holders }: { deleted: boolean; holders: ReadonlyMap<string, Session> },
): Pick<Adoption, 'session' | 'why'> | Pick<Stray, 'reason' | 'message'> {
  const rebuilt = rebuildSession(service);
  const session = 'problem' in rebuilt ? '' : rebuilt.draft.metadata.name;
  const decision = decideAdoption(rebuilt, { deleted, holder: holders.get(session) });
  switch (decision.type) {
    case 'stray':
      return { reason: decision.reason, message: decision.message };
    case 'makeRoom':
      return { session, why: 'Its record was lost and is made again; the new one of this name, which has no service yet, makes room.' };
    case 'wait':
      return { session, why: 'Its record was lost and is made again, once the session that has its name is gone: that is being deleted.' };
    case 'adopt':
      return { session, why: 'Its record was lost and is made again.' };
  }
}
