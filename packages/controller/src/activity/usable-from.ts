import { getCondition, type Session } from '@mooring/resources';

/** A container that has not answered for so long, in ms, is looked at as if it had: nothing runs for nobody. */
const STARTING_MS = 600_000;

/**
 * Since when somebody could have used what runs, in ms since the epoch: while it starts, whoever waits for it is seen by nobody. `now` where
 * it can't be used yet. Pure.
 */
export function usableFrom({ spec, status }: Session, now: number): number {
  const since = (type: string): number | undefined => {
    const condition = getCondition(status.conditions, type);
    return condition?.status === 'True' ? Date.parse(condition.lastTransitionTime) : undefined;
  };
  const running = since('ContainerRunning') ?? now;
  if (spec.route.type === 'none') return running;
  return since('Reachable') ?? Math.min(now, running + STARTING_MS);
}
