export interface BackoffOptions {
  /** Delay after the first failure, in ms. */
  baseMs: number;
  /** No delay is longer, in ms. */
  maxMs: number;
}

/** client-go's DefaultTypedControllerRateLimiter: 5 ms, doubled with each failure, up to 1,000 s. */
export const RECONCILE_BACKOFF: BackoffOptions = { baseMs: 5, maxMs: 1_000_000 };

/**
 * The delay before the next try after `failures` failures in a row (1 and up), in ms: doubling, with up to half of it
 * random so that many keys that failed together don't come back together.
 */
export function backoffDelay(failures: number, { baseMs, maxMs }: BackoffOptions, random: () => number = Math.random): number {
  const full = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 60));
  return full / 2 + (full / 2) * random();
}
