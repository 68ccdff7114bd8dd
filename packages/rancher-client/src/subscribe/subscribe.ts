import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../http/backoff.js';
import { link } from '../http/deadline.js';
import { EventBuffer } from './buffer.js';
import type { Connect } from './connection.js';
import { decodeFrame, gap, type SubscribeEvent } from './frame.js';

export type { OtherResource, SubscribeEvent } from './frame.js';

export interface SubscribeOptions {
  /** Ends the iteration. */
  signal?: AbortSignal | undefined;
  /** Milliseconds without a ping after which the connection counts as dead; Rancher sends one every 5 s. */
  pingTimeoutMs?: number | undefined;
  /** Events that may wait for the consumer before they are dropped for a gap. */
  capacity?: number | undefined;
  /** Told why each connection, or each try of one, ended. */
  onDisconnect?: ((reason: string) => void) | undefined;
}

/** Where the stream is. */
export interface SubscribeTarget {
  url: string;
  headers: Readonly<Record<string, string>>;
  handshakeTimeoutMs: number;
  connect: Connect;
  closing: AbortSignal;
}

const DEFAULT_PING_TIMEOUT_MS = 15_000;
const DEFAULT_CAPACITY = 10_000;
const RECONNECT_RANGE = { baseMs: 250, capMs: 10_000 };

/**
 * The stream of changes as an iteration that doesn't end by itself: it reconnects with backoff, and says `gap` whenever changes may
 * have been missed. Frames come in batches about once a second, so short states never show.
 */
export async function* subscribe(target: SubscribeTarget, options: SubscribeOptions): AsyncGenerator<SubscribeEvent, void, undefined> {
  const stop = new AbortController();
  const unlink = [link(options.signal, stop), link(target.closing, stop)];
  const buffer = new EventBuffer(options.capacity ?? DEFAULT_CAPACITY);
  const running = keepConnected(target, options, { buffer, signal: stop.signal }).finally(() => buffer.close());
  try {
    for (let event = await buffer.next(); event; event = await buffer.next()) yield event;
  } finally {
    stop.abort();
    for (const undo of unlink) undo();
    await running;
  }
}

async function keepConnected(
  { url, headers, handshakeTimeoutMs, connect }: SubscribeTarget,
  { pingTimeoutMs = DEFAULT_PING_TIMEOUT_MS, onDisconnect }: SubscribeOptions,
  { buffer, signal }: { buffer: EventBuffer; signal: AbortSignal },
): Promise<void> {
  let opened = false;
  let failures = 0;
  let reason = '';
  while (!signal.aborted) {
    reason = await connect({
      url,
      headers,
      handshakeTimeoutMs,
      silenceMs: pingTimeoutMs,
      signal,
      onOpen: () => {
        buffer.push(opened ? gap(`connected again after: ${reason}`) : { type: 'connected' });
        opened = true;
      },
      onFrame: (frame) => {
        // Not at the handshake: a server that accepts and hangs up at once is to be asked ever less often.
        failures = 0;
        const event = decodeFrame(frame);
        if (event) buffer.push(event);
      },
    });
    if (signal.aborted) return;
    onDisconnect?.(reason);
    failures++;
    await sleep(backoff(failures, RECONNECT_RANGE), undefined, { signal }).catch(() => {});
  }
}
