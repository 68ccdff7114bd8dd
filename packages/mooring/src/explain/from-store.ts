import { explainSession, resumedActivity } from '@mooring/controller';
import type { Event, Session, Snapshot } from '@mooring/resources';
import type { Explanation } from './explanation.js';

type Recorded = Pick<Snapshot, 'objects' | 'activity'>;

/**
 * What the store tells of a session, or of one that is gone and has left Events; undefined where it knows of none. Pure.
 *
 * @param now in ms since the epoch
 */
export function explainFromStore(recorded: Recorded, name: string, now: number): Explanation | undefined {
  const { Session: sessions, Event: events } = recorded.objects;
  const session = sessions.find(({ metadata }) => metadata.name === name);
  if (session) return explainSession({ session, memory: memoryOf(session, recorded), events, now });
  const left = events.filter(({ spec: { regarding } }) => regarding.kind === 'Session' && regarding.name === name);
  return left.length === 0 ? undefined : explainGone(name, left);
}

/** Of what was seen by whoever ran last. */
function memoryOf({ metadata }: Session, { activity }: Recorded) {
  const stored = activity.memories.get(metadata.uid);
  return stored === undefined ? undefined : resumedActivity(stored, activity.observedAt)?.memory;
}

function explainGone(name: string, events: readonly Event[]): Explanation {
  return {
    session: name,
    phase: 'Gone',
    why: 'There is no such session any more.',
    conditions: [],
    events: [...events]
      .sort((a, b) => Number(b.metadata.resourceVersion) - Number(a.metadata.resourceVersion))
      .map(({ metadata, spec: { reason, note, readings } }) => ({ at: metadata.creationTimestamp, reason, note, readings })),
  };
}

/** The names of the sessions of a person, for who asks by the person's. */
export const sessionsOf = ({ objects }: Pick<Recorded, 'objects'>, owner: string): string[] =>
  objects.Session.filter(({ spec }) => spec.owner.name === owner).map(({ metadata }) => metadata.name);
