import { ConflictError, NotFoundError, type Session } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Idle } from '../activity/conditions.js';
import type { Verdict } from '../activity/detector.js';
import { fateOf, isQuietEnough } from '../activity/idleness.js';
import type { Journal } from '../activity/journal.js';
import type { ActivityMemory } from '../activity/memory.js';
import { type End, endSession } from './end.js';
import type { Hands } from './hands.js';
import type { Remembered } from './memory.js';

/** What the idle detector tells the loop. */
export interface ActivityView {
  known(uid: string): { memory: ActivityMemory; verdict?: Verdict | undefined } | undefined;
  /** Asks every source about one session, now; the answers are known afterwards. False where it could not be asked about. */
  ask(session: Session): Promise<boolean>;
}

/** How long the answers to the last question hold, in ms. */
const ANSWERS_HOLD_MS = 10_000;

/** What the session's idleness means for it now. */
export function observeIdle(
  session: Session,
  { run, askedAt }: Remembered,
  { activity, now }: { activity: ActivityView; now: number },
): Idle {
  const { verdict: last, memory } = activity.known(session.metadata.uid) ?? {};
  // What was seen of an earlier run says nothing of this one.
  const verdict = memory?.run === run ? last : undefined;
  const asked = askedAt !== undefined && now >= askedAt && now - askedAt <= ANSWERS_HOLD_MS;
  return { fate: fateOf(session, verdict, now), isQuiet: isQuietEnough(session, { verdict, memory }, now), verdict, memory, asked };
}

/** Ends the session and writes down why; false where somebody wrote first, or there is no reason any more. */
export async function endAndTell(
  step: End,
  session: Session,
  hands: Pick<Hands, 'store' | 'view'> & { activity: ActivityView; journal: Journal },
  log: Logger,
): Promise<boolean> {
  try {
    if (!(await endSession(step, session, hands))) return false;
  } catch (error) {
    if (error instanceof ConflictError || error instanceof NotFoundError) return false;
    throw error;
  }
  await hands.journal.ended(session, step, { memory: hands.activity.known(session.metadata.uid)?.memory, log });
  return true;
}
