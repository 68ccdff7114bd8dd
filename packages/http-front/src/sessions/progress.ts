import type { Session, SessionPhase } from '@mooring/resources';
import { type Failure, failureOf } from './failure.js';
import { type Mood, type Queue, type Saying, sayingOf } from './saying.js';
import { startOf } from './start.js';
import { firstMissing, type Step, stepsOf, timed } from './steps.js';

export interface Progress extends Saying {
  /** In the order in which a start passes them. */
  steps: Step[];
  /** Since when it has been waited for, and since when for the step that is under way (RFC 3339); missing where nothing is on its way. */
  since?: string;
  stepSince?: string;
  /** What can be done about a start that failed; why it did is the `lead`. */
  failure?: Failure;
}

/** Moods in which somebody waits for a start, or for what became of it. */
const TIMED: readonly Mood[] = ['queued', 'starting', 'failed'];

/** How far a session is, for its person. Pure; `queue` where the start waits for its turn. */
export function progressOf(session: Session, phase: SessionPhase, queue?: Queue): Progress {
  const { kind, since } = startOf(session);
  const saying = sayingOf(session, { phase, kind, queue });
  const steps = stepsOf(session, phase, saying.mood === 'queued');
  if (!TIMED.includes(saying.mood)) return { ...saying, steps };
  const { steps: withTimes, until } = timed(steps, session.status.conditions, since);
  const waiting = { ...saying, steps: withTimes, since: new Date(since).toISOString(), stepSince: new Date(until).toISOString() };
  if (saying.mood !== 'failed') return waiting;
  const { reason: lead, ...failure } = failureOf(session, firstMissing(session));
  return { ...waiting, lead, failure };
}
