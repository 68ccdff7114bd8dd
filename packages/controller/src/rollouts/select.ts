import { judgeImages, type RolloutSpec } from '@mooring/resources';
import type { Target } from './target.js';

/** Which environments a Rollout may look into: the place of the first pattern that matches the name, undefined where none does. */
export function environmentRank({ selector }: Pick<RolloutSpec, 'selector'>, name: string): number | undefined {
  const rank = selector.environments.findIndex((pattern) => new RegExp(pattern).test(name));
  return rank < 0 ? undefined : rank;
}

/** Whether a service is one that the Rollout's label and selector name; `stacks` are the names of stacks by their ids. */
export function isSelected({ selector }: Pick<RolloutSpec, 'selector'>, target: Target, stackName: string | undefined): boolean {
  if (target.gone || target.isSession) return false;
  if (!selector.labels.some((label) => target.labels.has(label))) return false;
  if (selector.stack !== undefined && stackName !== selector.stack) return false;
  return environmentRank({ selector }, target.environment.name) !== undefined;
}

/** What a service runs of the image's repository, and why it is not to be upgraded, where it isn't; undefined where it runs nothing of it. */
export function judgeTarget(image: string, { images }: Pick<Target, 'images'>): { from: string[]; unchanged?: string } | undefined {
  const judged = images.flatMap((running) => {
    const verdict = judgeImages(running, image);
    return verdict ? [{ running, verdict }] : [];
  });
  if (judged.length === 0) return undefined;
  const from = judged.map(({ running }) => running);
  const why = judged.flatMap(({ verdict }) => (verdict.upgrade ? [] : [verdict.why]));
  return why.length < judged.length ? { from } : { from, unchanged: [...new Set(why)].join(' ') };
}
