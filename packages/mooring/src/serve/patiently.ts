import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  signal: AbortSignal;
  /** Told of every failure, and of how long it waits, in ms. */
  onFailure: (error: unknown, waitMs: number) => void;
  firstMs?: number;
  maxMs?: number;
}

/** Tries until it works, with growing waits in between. @throws when the signal is aborted */
export async function patiently<T>(attempt: () => Promise<T>, { signal, onFailure, firstMs = 500, maxMs = 15_000 }: Patience): Promise<T> {
  for (let waitMs = firstMs; ; waitMs = Math.min(waitMs * 2, maxMs)) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      onFailure(error, waitMs);
    }
    await sleep(waitMs, undefined, { signal });
  }
}
