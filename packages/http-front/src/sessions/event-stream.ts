import { Outlet, type Sink } from './outlet.js';

/** One event as it is sent; one object and one text for all streams that get it. */
export interface Frame {
  /** The same state has the same key, and is sent to a stream once. */
  key: string;
  text: string;
}

/** An event rather than a comment, so that a page sees that its stream is alive. */
const HEARTBEAT = 'event: heartbeat\ndata: {}\n\n';

/**
 * One server-sent event stream (the HTML standard's text/event-stream). For a slow reader only the newest state is kept, so nothing piles up,
 * and one that takes nothing at all is cut off.
 */
export class EventStream {
  readonly #outlet: Outlet;
  #pending: Frame | undefined;
  #lastKey: string | undefined;

  constructor(sink: Sink) {
    this.#outlet = new Outlet(sink, () => {
      const pending = this.#pending;
      this.#pending = undefined;
      if (pending !== undefined) this.send(pending);
    });
  }

  send(frame: Frame): void {
    if (this.#outlet.isBlocked) this.#pending = frame;
    else if (frame.key !== this.#lastKey) {
      this.#lastKey = frame.key;
      this.#outlet.write(frame.text);
    }
  }

  heartbeat(): void {
    this.#outlet.beat(HEARTBEAT);
  }

  end(text?: string): void {
    this.#outlet.end(text);
  }
}
