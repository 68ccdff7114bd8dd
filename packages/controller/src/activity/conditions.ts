import { type Condition, type ConditionUpdate, getCondition, type Session, setCondition } from '@mooring/resources';
import type { Verdict } from './detector.js';
import { type Fate, isWatched } from './idleness.js';
import type { ActivityMemory } from './memory.js';
import { saidBy } from './words.js';

/** What the idle detector knows of a session, and what follows from it. */
export interface Idle {
  fate: Fate;
  /** Nobody has been seen for so long that a new version may replace what runs. */
  isQuiet?: boolean;
  verdict?: Verdict | undefined;
  memory?: ActivityMemory | undefined;
  /** Every source was asked once more after the route was gone, a moment ago, and none objected. */
  asked?: boolean;
}

type Said = Omit<ConditionUpdate, 'type'>;

/**
 * The conditions Active and Marked, put into the list. What a message says of the readings is as it was at the transition, so that nothing is
 * written while nothing changes.
 */
export function withActivity(conditions: Condition[], session: Session, { idle, now }: { idle: Idle | undefined; now: Date }): Condition[] {
  const active = isWatched(session) ? idle?.verdict && activeOf(idle.verdict) : gone(conditions, 'Active', session);
  const marked = idle && isWatched(session) ? markedOf(idle, conditions) : gone(conditions, 'Marked', session);
  const set = (list: Condition[], type: string, said: Said | undefined): Condition[] => {
    if (!said) return list;
    const before = getCondition(list, type);
    const isSame = before?.status === said.status && before.reason === said.reason;
    return isSame ? list : setCondition(list, { type, ...said, observedGeneration: session.metadata.generation }, now);
  };
  return set(set(conditions, 'Active', active), 'Marked', marked);
}

/** The reason of the condition Active that says this. */
export const activeReason = (verdict: Verdict): string =>
  verdict.type === 'unknown' ? verdict.reason : verdict.type === 'active' ? 'Used' : 'NotUsed';

function activeOf(verdict: Verdict): Said {
  const reason = activeReason(verdict);
  switch (verdict.type) {
    case 'active':
      return { status: 'True', reason, message: `Somebody uses it (${verdict.source}).` };
    case 'quiet':
      return { status: 'False', reason, message: 'Nobody is seen using it.' };
    case 'unknown':
      return { status: 'Unknown', reason, message: `Nobody can tell whether it is used: ${verdict.why}.` };
  }
}

const UNMARKED = {
  Wanted: 'Somebody came for it.',
  Used: 'Somebody uses it.',
  NoSourceAnswers: 'Nobody can tell any more whether it is used.',
};

function markedOf({ fate, memory }: Idle, conditions: readonly Condition[]): Said | undefined {
  if (fate.type === 'mark') return { status: 'True', reason: fate.reason, message: markMessage(fate.reason, memory) };
  if (fate.type !== 'stays' || !fate.unmark || getCondition(conditions, 'Marked')?.status !== 'True') return undefined;
  return { status: 'False', reason: fate.unmark, message: UNMARKED[fate.unmark] };
}

function markMessage(reason: 'NotUsed' | 'NobodyCanTell', memory: ActivityMemory | undefined): string {
  const why = reason === 'NotUsed' ? 'Nobody uses it' : 'Nobody has been able to tell for long whether it is used';
  const readings = Object.entries(saidBy(memory)).map(([source, said]) => `${source}: ${said}`);
  return `${why}; it ends unless somebody comes (${readings.join('; ')}).`;
}

/** What is stopped or goes, or has no policy any more, is neither used nor marked. */
function gone(conditions: readonly Condition[], type: string, { spec }: Session): Said | undefined {
  if (!getCondition(conditions, type)) return undefined;
  const reason = spec.running ? 'NotWatched' : 'Stopped';
  const message = spec.running ? 'It is not watched for idleness.' : 'It is stopped.';
  return { status: 'False', reason, message };
}
