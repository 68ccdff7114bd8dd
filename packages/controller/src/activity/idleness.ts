import { getCondition, type IdlePolicy, POOL_LABEL, type Session, UP_TO_DATE, WANTED_ANNOTATION } from '@mooring/resources';
import type { Verdict } from './detector.js';
import type { ActivityMemory } from './memory.js';

/** Why a mark was taken away again. */
export const UNMARK_REASONS = ['Wanted', 'Used', 'NoSourceAnswers'] as const;
type UnmarkReason = (typeof UNMARK_REASONS)[number];

type IdleReason = 'NotUsed' | 'NobodyCanTell';

/** What its idleness means for a session now. Times are in ms since the epoch. */
export type Fate =
  /** It stays; a mark that it has is taken away for this reason. */
  | { type: 'stays'; unmark?: UnmarkReason }
  /** It is to be marked. */
  | { type: 'mark'; reason: IdleReason }
  /** It is marked, and has until then. */
  | { type: 'marked'; endsAt: number }
  /** The grace is over. */
  | { type: 'due'; action: IdlePolicy['action'] };

const STAYS: Fate = { type: 'stays' };

/** What the detector knows of a session. */
interface Seen {
  verdict?: Verdict | undefined;
  memory?: ActivityMemory | undefined;
}

/** Whether a session is watched at all: one that waits in a pool is nobody's, and its pool's business. */
export const isWatched = ({ metadata, spec }: Session): boolean =>
  spec.idlePolicy !== undefined && spec.running && metadata.deletionTimestamp === undefined && metadata.labels[POOL_LABEL] === undefined;

/** When a person last came for it, in ms; undefined where nobody did, or not since it was marked or stopped. */
export function wantedAt({ metadata }: Session): number | undefined {
  const wanted = metadata.annotations[WANTED_ANNOTATION];
  const at = wanted === undefined ? Number.NaN : Date.parse(wanted);
  return Number.isNaN(at) ? undefined : at;
}

/** When it was marked, in ms; undefined where it isn't. */
export function markedAt({ status }: Session): number | undefined {
  const marked = getCondition(status.conditions, 'Marked');
  return marked?.status === 'True' ? Date.parse(marked.lastTransitionTime) : undefined;
}

/**
 * What becomes of a session of which the detector says that. A mark holds only as long as what it was made for, and whoever came after it
 * undoes it, whatever else. Without a verdict (we have just begun) nothing is decided. Pure.
 */
export function fateOf(session: Session, verdict: Verdict | undefined, now: number): Fate {
  const policy = session.spec.idlePolicy;
  if (!policy || !isWatched(session)) return STAYS;
  const marked = markedAt(session);
  const wanted = wantedAt(session);
  const reason = verdict && idleReason(verdict, policy, wanted === undefined ? Number.POSITIVE_INFINITY : now - wanted);
  if (marked === undefined) return reason ? { type: 'mark', reason } : STAYS;
  const unmark = unmarkReason({ marked, wanted, reason, verdict });
  if (unmark) return { type: 'stays', unmark };
  const endsAt = marked + policy.graceSeconds * 1000;
  return reason && now >= endsAt ? { type: 'due', action: policy.action } : { type: 'marked', endsAt };
}

interface Mark {
  marked: number;
  wanted: number | undefined;
  /** What it would be marked for now. */
  reason: IdleReason | undefined;
  verdict: Verdict | undefined;
}

function unmarkReason({ marked, wanted, reason, verdict }: Mark): UnmarkReason | undefined {
  if (wanted !== undefined && wanted > marked) return 'Wanted';
  if (!verdict || reason) return undefined;
  return verdict.type === 'unknown' ? 'NoSourceAnswers' : 'Used';
}

/** Whether a session has been idle for as long as its policy wants; the detector may not have heard yet of who came a moment ago. */
function idleReason(verdict: Verdict, policy: IdlePolicy, wantedAgoMs: number): IdleReason | undefined {
  if (verdict.type === 'active') return undefined;
  const idleMs = Math.min(verdict.forMs, wantedAgoMs);
  if (verdict.type === 'quiet') return idleMs >= policy.afterSeconds * 1000 ? 'NotUsed' : undefined;
  return policy.maxUnknownSeconds !== undefined && idleMs >= policy.maxUnknownSeconds * 1000 ? 'NobodyCanTell' : undefined;
}

/**
 * Whether nobody was seen using a session for as long as its policy wants before a new version of its template comes to it. While nobody can
 * tell it isn't so, nor where a Jupyter doesn't let us in: a kernel may be busy in it, and an update is not worth it. Pure.
 */
export function isQuietEnough(session: Session, { verdict, memory }: Seen, now: number): boolean {
  const afterSeconds = session.spec.idlePolicy?.updateAfterSeconds;
  if (Object.values(memory?.words ?? {}).some(({ reading }) => reading.type === 'unknown' && reading.refused)) return false;
  if (afterSeconds === undefined || verdict?.type !== 'quiet' || !isWatched(session)) return false;
  return Math.min(verdict.forMs, now - (wantedAt(session) ?? Number.NEGATIVE_INFINITY)) >= afterSeconds * 1000;
}

/** Whether a session waits for a new version of its template, as its status says, and need not any more. Pure. */
export function mayBeUpdated(session: Session, seen: Seen, now: number): boolean {
  return awaitsVersion(session) && isQuietEnough(session, seen, now);
}

/** Whether a new version of its template waits until nobody uses it. */
export const awaitsVersion = ({ status }: Session): boolean => getCondition(status.conditions, UP_TO_DATE)?.reason === 'NewVersion';
