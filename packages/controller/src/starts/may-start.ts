import { byTurn, type Turn } from '@mooring/resources';

/** One that is to start. */
export interface Start extends Turn {
  /**
   * `waiting`: it could go on at once. `underWay`: it was let go and does not run yet. `failed`: its last try failed, and it waits to try again.
   * One that runs, or is not wanted any more, is none.
   */
  state: 'waiting' | 'underWay' | 'failed';
  /** Since when it is in this state, in ms since the epoch. */
  since: number;
  /** When its last try failed; missing where none did. */
  failedAt?: number | undefined;
}

/** A start that takes longer than so many ms keeps nobody waiting any more: an image may have to be fetched, or its host may hang. */
export const HOLDS_MS = 120_000;

/** Whether a start takes a place. Where the clock was set back, what began in the future takes none. */
export const holdsPlace = ({ state, since }: Start, now: number): boolean => state === 'underWay' && since <= now && now - since < HOLDS_MS;

/**
 * Who may start now, so that at most `max` are under way at once: the first in line, as many as places are free. One that has failed has
 * no claim until it tries again, and then stands behind those who waited when it failed. Pure.
 */
export function mayStart(starts: Iterable<Start>, max: number, now: number): Start[] {
  let free = max;
  const waiting: Start[] = [];
  for (const start of starts) {
    if (holdsPlace(start, now)) free -= 1;
    else if (start.state === 'waiting') waiting.push(start);
  }
  return free <= 0 ? [] : waiting.sort(byTurn).slice(0, free);
}
