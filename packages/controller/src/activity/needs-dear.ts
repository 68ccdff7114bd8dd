import type { ActivitySourceName, IdlePolicy } from '@mooring/resources';
import type { Verdict } from './detector.js';
import type { ActivityMemory } from './memory.js';

/** What the cheap sources have led to, and what was known before. */
export interface Glance {
  verdict: Verdict;
  before: ActivityMemory | undefined;
  run: string;
  /** Who is dear. */
  dear: readonly ActivitySourceName[];
}

/**
 * Whether the dear sources are worth asking: nobody else can tell; or the end of the quiet time is so near (`leadMs`) that their word decides; or one of them
 * saw somebody last, who may still be there.
 */
export function needsDear(
  { verdict, before, run, dear }: Glance,
  { afterSeconds }: Pick<IdlePolicy, 'afterSeconds'>,
  leadMs: number,
): boolean {
  if (verdict.type === 'active') return false;
  if (verdict.type === 'unknown' || verdict.forMs + leadMs >= afterSeconds * 1000) return true;
  if (before?.run !== run) return false;
  return dear.some((name) => before.words[name]?.told === 'active' && before.words[name]?.askedAt === before.at);
}
