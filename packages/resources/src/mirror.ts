import { setTimeout as delay } from 'node:timers/promises';
import { ClosedError, ExpiredError } from './errors.js';
import type { Kind, KindMap } from './kinds.js';
import type { Logger } from './logger.js';
import type { Store, WatchEvent } from './store.js';

/** Who takes in what the store tells. */
interface MirrorSink<K extends Kind> {
  replace(items: KindMap[K][], resourceVersion: string): void;
  apply(event: WatchEvent<K>): void;
}

/** Delays between attempts while the store fails, in milliseconds: they double from `minMs` to `maxMs`. */
export interface RetryDelays {
  minMs: number;
  maxMs: number;
}

export interface MirrorOptions {
  signal: AbortSignal;
  retry: RetryDelays;
  logger: Logger | undefined;
}

/**
 * Lists a kind, then watches it, and lists again where the watch has expired or failed. Ends when the signal aborts or the store
 * was closed; it throws nothing.
 */
export async function mirror<K extends Kind>(store: Store, kind: K, sink: MirrorSink<K>, options: MirrorOptions): Promise<void> {
  const { signal, retry, logger } = options;
  // Failed attempts since the last change that came through.
  let failures = 0;
  const apply = (event: WatchEvent<K>) => {
    failures = 0;
    sink.apply(event);
  };
  while (!signal.aborted) {
    const error = await listAndWatch(store, kind, { replace: (items, version) => sink.replace(items, version), apply }, signal);
    if (signal.aborted || error instanceof ClosedError) return;
    if (!(error instanceof ExpiredError)) logger?.warn({ err: error, kind, failures }, 'the watch failed; listing again');
    if (!(error instanceof ExpiredError) || failures > 0) await pause(retry, failures, signal);
    failures += 1;
  }
}

/** Answers why it ended; undefined where the watch simply ended. */
async function listAndWatch<K extends Kind>(store: Store, kind: K, sink: MirrorSink<K>, signal: AbortSignal): Promise<unknown> {
  try {
    const { items, resourceVersion } = await store.list(kind);
    if (signal.aborted) return undefined;
    sink.replace(items, resourceVersion);
    for await (const event of store.watch(kind, { resourceVersion, signal })) sink.apply(event);
    return undefined;
  } catch (error) {
    return error;
  }
}

async function pause({ minMs, maxMs }: RetryDelays, failures: number, signal: AbortSignal): Promise<void> {
  const delayMs = Math.min(maxMs, minMs * 2 ** failures) * (0.5 + Math.random() / 2);
  await delay(delayMs, undefined, { signal }).catch(() => undefined);
}
