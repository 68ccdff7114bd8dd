import type { Session } from '@mooring/resources';
import { Outlet, type Sink } from '../../sessions/outlet.js';
import { resourceOf } from '../sessions/resource.js';
import type { LoggedChange } from './change-log.js';
import { merged, type SeenChange, seenChange } from './seen-change.js';

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
  readonly #outlet: Outlet;

  constructor(
    sink: Sink,
    private readonly sees: (session: Session) => boolean,
    private position: number,
  ) {
    this.#outlet = new Outlet(sink, () => {
      if (this.#waiting.size > 0) this.#flush();
    });
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
    if (!this.#outlet.isBlocked && this.#waiting.size === 0) {
      this.#outlet.write(encode(change, resourceVersion));
      return;
    }
    const { uid } = change.object.metadata;
    const both = merged(this.#waiting.get(uid), change);
    if (both === undefined) this.#waiting.delete(uid);
    else this.#waiting.set(uid, both);
  }

  /** Also keeps proxies from closing a quiet stream, and finds out who takes nothing any more. */
  bookmark(): void {
    this.#outlet.beat(bookmark(this.position));
  }

  end(): void {
    this.#outlet.end();
  }

  /** Those that waited have no order among themselves: their reader may come back only from where all of them were told. */
  #flush(): void {
    while (!this.#outlet.isBlocked && !this.#outlet.hasEnded) {
      const some = [...this.#waiting.values()].slice(0, CHUNK);
      for (const { object } of some) this.#waiting.delete(object.metadata.uid);
      const last = this.#waiting.size === 0;
      this.#outlet.write(some.map((change) => encode(change)).join('') + (last ? bookmark(this.position) : ''));
      if (last) return;
    }
  }
}
