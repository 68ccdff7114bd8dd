import { type Event, getCondition, type Session, type Snapshot } from '@mooring/resources';
import type { Explanation } from './explanation.js';

type Recorded = Pick<Snapshot, 'objects'>;

/** What the store tells of a session, or of one that is gone and has left Events; undefined where it knows of none. Pure. */
export function explainFromStore({ objects }: Recorded, name: string): Explanation | undefined {
  const session = objects.Session.find(({ metadata }) => metadata.name === name);
  const events = eventsOf(objects.Event, ({ kind, uid, name: about }) =>
    session === undefined ? kind === 'Session' && about === name : uid === session.metadata.uid,
  );
  if (session !== undefined) return explained(session, events);
  return events.length === 0 ? undefined : { session: name, phase: 'Gone', readings: [], conditions: [], events };
}

function explained(session: Session, events: Explanation['events']): Explanation {
  const { metadata, spec, status } = session;
  return {
    session: metadata.name,
    uid: metadata.uid,
    owner: spec.owner.name,
    phase: metadata.deletionTimestamp === undefined ? status.phase : 'Terminating',
    ...verdictOf(session),
    readings: [],
    ...endOf(session),
    conditions: status.conditions,
    events,
  };
}

const VERDICTS = { True: 'Active', False: 'Quiet', Unknown: 'Unknown' } as const;

function verdictOf({ spec, status }: Session): Pick<Explanation, 'verdict' | 'since' | 'why'> {
  if (spec.idlePolicy === undefined) return { why: 'It has no idle policy, so it is never taken for idle.' };
  const active = getCondition(status.conditions, 'Active');
  if (active === undefined) return { why: 'It has not been looked at yet.' };
  return { verdict: VERDICTS[active.status], since: active.lastTransitionTime, why: active.message };
}

function endOf({ spec, status }: Session): Pick<Explanation, 'reapAt'> {
  const marked = getCondition(status.conditions, 'Marked');
  if (marked?.status !== 'True' || spec.idlePolicy === undefined) return {};
  return { reapAt: new Date(Date.parse(marked.lastTransitionTime) + spec.idlePolicy.graceSeconds * 1000).toISOString() };
}

function eventsOf(events: readonly Event[], isAbout: (regarding: Event['spec']['regarding']) => boolean): Explanation['events'] {
  return events
    .filter(({ spec }) => isAbout(spec.regarding))
    .sort((a, b) => Number(b.metadata.resourceVersion) - Number(a.metadata.resourceVersion))
    .map(({ metadata, spec: { type, reason, note, readings } }) => ({ at: metadata.creationTimestamp, type, reason, note, readings }));
}

/** The names of the sessions of a person, for who asks by the person's. */
export const sessionsOf = ({ objects }: Recorded, owner: string): string[] =>
  objects.Session.filter(({ spec }) => spec.owner.name === owner).map(({ metadata }) => metadata.name);
