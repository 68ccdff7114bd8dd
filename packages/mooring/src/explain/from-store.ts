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
  return events.length === 0
    ? undefined
    : { session: name, phase: 'Gone', why: 'There is no such session any more.', conditions: [], events };
}

function explained(session: Session, events: Explanation['events']): Explanation {
  const { metadata, spec, status } = session;
  return {
    session: metadata.name,
    uid: metadata.uid,
    owner: spec.owner.name,
    phase: metadata.deletionTimestamp === undefined ? status.phase : 'Terminating',
    why: whyOf(session),
    conditions: status.conditions.map(({ type, status: value, reason, message, lastTransitionTime: since }) => ({
      type,
      status: value,
      reason,
      message,
      since,
    })),
    ...idleOf(session),
    events,
  };
}

function whyOf({ spec, status }: Session): string {
  const state = getCondition(status.conditions, 'Ready')?.message ?? 'Nobody has looked at it yet.';
  if (spec.idlePolicy === undefined) return `${state} It has no idle policy, so it is never taken for idle.`;
  const active = getCondition(status.conditions, 'Active');
  return active === undefined ? state : `${state} ${active.message}`;
}

const VERDICTS = { True: 'active', False: 'quiet', Unknown: 'unknown' } as const;

function idleOf({ spec: { idlePolicy: policy }, status: { conditions } }: Session): Pick<Explanation, 'idle'> {
  if (policy === undefined) return {};
  const [active, marked] = [getCondition(conditions, 'Active'), getCondition(conditions, 'Marked')];
  const idle: NonNullable<Explanation['idle']> = { policy, action: policy.action, sources: [] };
  if (active !== undefined) idle.verdict = VERDICTS[active.status];
  if (marked?.status === 'True') {
    idle.markedAt = marked.lastTransitionTime;
    idle.wouldEndAt = new Date(Date.parse(marked.lastTransitionTime) + policy.graceSeconds * 1000).toISOString();
  }
  return { idle };
}

function eventsOf(events: readonly Event[], isAbout: (regarding: Event['spec']['regarding']) => boolean): Explanation['events'] {
  return events
    .filter(({ spec }) => isAbout(spec.regarding))
    .sort((a, b) => Number(b.metadata.resourceVersion) - Number(a.metadata.resourceVersion))
    .map(({ metadata, spec: { reason, note, readings } }) => ({ at: metadata.creationTimestamp, reason, note, readings }));
}

/** The names of the sessions of a person, for who asks by the person's. */
export const sessionsOf = ({ objects }: Recorded, owner: string): string[] =>
  objects.Session.filter(({ spec }) => spec.owner.name === owner).map(({ metadata }) => metadata.name);
