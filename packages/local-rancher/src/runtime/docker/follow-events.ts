import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type Engine, uuidOfEvent } from './engine.js';
import { Lines } from './output.js';

const RETRY_MS = 500;

export interface EventListener {
  /** Something happened to this container. */
  onEvent(uuid: string): void;
  /** Events may have been missed: look at all. */
  onGap(): Promise<void>;
}

async function readEvents(stream: Readable, { onEvent }: EventListener): Promise<void> {
  const lines = new Lines();
  for await (const data of stream) {
    for (const line of lines.take(data as Buffer)) {
      const uuid = uuidOfEvent(line);
      if (uuid !== undefined) onEvent(uuid);
    }
  }
}

/** Follows the Engine's events until the signal is aborted. Whenever the stream begins, all is looked at: what happened before was not heard. */
export async function followEvents(
  engine: Engine,
  listener: EventListener,
  options: { signal: AbortSignal; logger: Logger },
): Promise<void> {
  const { signal, logger } = options;
  let heard = true;
  while (!signal.aborted) {
    try {
      const stream = await engine.events(signal);
      await listener.onGap();
      heard = true;
      await readEvents(stream, listener);
    } catch (err) {
      if (heard && !signal.aborted) logger.warn({ err }, 'the Docker Engine is not heard; its events are asked for until it is');
      heard = false;
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
}
