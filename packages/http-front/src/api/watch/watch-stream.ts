import type { Session } from '@mooring/resources';
import type { Sink } from '../../sessions/event-stream.js';
import { resourceOf } from '../sessions/resource.js';
import type { LoggedChange } from './change-log.js';
import { merged, type SeenChange, seenChange } from './seen-change.js';

/** Milliseconds after which a browser comes back when the stream broke. */
const RETRY_MS = 2_000;

/** Bookmarks in a row that found a reader who had not taken what was sent before. */
const MAX_MISSED = 2;
/** How many of those that waited are written at once. */
const CHUNK = 100;

const encode = ({ type, object }: SeenChange, position?: number): string =>
  `event: ${type}\n${position === undefined ? '' : `id: ${position}\n`}data: ${JSON.stringify({ type, object })}\n\n`;

/** Tells the position alone, so that whoever comes back does so from there though nothing of theirs has changed. */
const bookmark = (position: number): string =>
  `event: BOOKMARK\nid: ${position}\ndata: ${JSON.stringify({ type: 'BOOKMARK', resourceVersion: String(position) })}\n\n`;

/**
 * One server-sent event stream of changes (the HTML standard's text/event-stream). While its reader is slow, the changes of one session become
 * one: what waits is bounded by the number of sessions.
 */
export class WatchStream {
  readonly #waiting = new Map<string, SeenChange>();
  #blocked = false;
  #missed = 0;
  #ended = false;

  constructor(
    private readonly sink: Sink,
    private readonly sees: (session: Session) => boolean,
    private position: number,
  ) {
    this.#write(`retry: ${RETRY_MS}\n\n`);
  }

  /** Begins with every session that is in sight. */
  snapshot(sessions: readonly Session[]): void {
    for (const object of sessions) {
      if (this.sees(object)) this.#waiting.set(object.metadata.uid, { type: 'ADDED', object: resourceOf(object) });
    }
    this.#flush();
  }

  tell({ event, resourceVersion }: LoggedChange): void {
    this.position = resourceVersion;
    const change = seenChange(event, this.sees);
    if (change === undefined) return;
    if (!this.#blocked && this.#waiting.size === 0) {
      this.#write(encode(change, resourceVersion));
      return;
    }
    const { uid } = change.object.metadata;
    const both = merged(this.#waiting.get(uid), change);
    if (both === undefined) this.#waiting.delete(uid);
    else this.#waiting.set(uid, both);
  }

  /** Also keeps proxies from closing a quiet stream, and finds out who takes nothing any more. */
  bookmark(): void {
    if (!this.#blocked) this.#write(bookmark(this.position));
    else if (++this.#missed >= MAX_MISSED) this.#cutOff();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.sink.end();
  }

  #cutOff(): void {
    this.#ended = true;
    this.sink.destroy();
  }

  #write(text: string): void {
    if (this.#ended || this.sink.write(text)) return;
    this.#blocked = true;
    this.sink.once('drain', () => {
      this.#blocked = false;
      this.#missed = 0;
      if (this.#waiting.size > 0) this.#flush();
    });
  }

  /** Those that waited have no order among themselves: their reader may come back only from where all of them were told. */
  #flush(): void {
    while (!this.#blocked && !this.#ended) {
      const some = [...this.#waiting.values()].slice(0, CHUNK);
      for (const { object } of some) this.#waiting.delete(object.metadata.uid);
      const last = this.#waiting.size === 0;
      this.#write(some.map((change) => encode(change)).join('') + (last ? bookmark(this.position) : ''));
      if (last) return;
    }
  }
}
