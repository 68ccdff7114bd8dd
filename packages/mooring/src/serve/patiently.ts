import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  signal: AbortSignal;
  /** Told of every failure, and of how long it waits, in ms. */
  onFailure: (error: unknown, waitMs: number) => void;
  firstMs?: number;
  maxMs?: number;
}

/** Settles as the attempt does, but for an end that comes first: what it asks may hang for longer than a stop may take. */
async function unlessAborted<T>(attempt: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const aborted = once(signal, 'abort', { signal: over.signal }).then(() => Promise.reject(signal.reason));
  try {
    return await Promise.race([attempt, aborted]);
  } finally {
    over.abort();
    aborted.catch(() => undefined);
  }
}

/** Tries until it works, with growing waits in between. @throws as soon as the signal is aborted */
export async function patiently<T>(attempt: () => Promise<T>, { signal, onFailure, firstMs = 500, maxMs = 15_000 }: Patience): Promise<T> {
  for (let waitMs = firstMs; ; waitMs = Math.min(waitMs * 2, maxMs)) {
    signal.throwIfAborted();
    try {
      return await unlessAborted(attempt(), signal);
    } catch (error) {
      signal.throwIfAborted();
      onFailure(error, waitMs);
    }
    await sleep(waitMs, undefined, { signal });
  }
}
