export interface BackoffRange {
  baseMs: number;
  capMs: number;
}

/** Exponential with jitter: milliseconds to wait before the repetition after `failures` (from 1) failures; between half and all of min(cap, base * 2^(failures-1)). */
export function backoff(failures: number, { baseMs, capMs }: BackoffRange, random: () => number = Math.random): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(failures - 1, 30));
  return ceiling / 2 + (ceiling / 2) * random();
}
