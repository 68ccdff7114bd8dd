/** Where a stream goes: a response, as far as it is used here. */
export interface Sink {
  write(text: string): boolean;
  end(text?: string): void;
  destroy(): unknown;
  once(event: 'drain' | 'close', listener: () => void): unknown;
}

/** One event as it is sent; one object and one text for all streams that get it. */
export interface Frame {
  /** The same state has the same key, and is sent to a stream once. */
  key: string;
  text: string;
}

/** Milliseconds after which a browser comes back when the stream broke. */
const RETRY_MS = 2_000;
/** An event rather than a comment, so that a page sees that its stream is alive. */
const HEARTBEAT = 'event: heartbeat\ndata: {}\n\n';
/** Heartbeats in a row that found a reader who had not taken what was sent before: then it is cut off, and comes back if it still can. */
const MAX_MISSED = 2;

/**
 * One server-sent event stream (the HTML standard's text/event-stream). For a slow reader only the newest state is kept, so nothing piles up,
 * and one that takes nothing at all is cut off.
 */
export class EventStream {
  #blocked = false;
  #missed = 0;
  #pending: Frame | undefined;
  #lastKey: string | undefined;
  #ended = false;

  constructor(private readonly sink: Sink) {
    this.#write(`retry: ${RETRY_MS}\n\n`);
  }

  send(frame: Frame): void {
    if (this.#blocked) this.#pending = frame;
    else if (frame.key !== this.#lastKey) {
      this.#lastKey = frame.key;
      this.#write(frame.text);
    }
  }

  heartbeat(): void {
    if (!this.#blocked) this.#write(HEARTBEAT);
    else if (++this.#missed >= MAX_MISSED) this.#cutOff();
  }

  end(text?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.sink.end(text);
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
      const pending = this.#pending;
      this.#pending = undefined;
      if (pending !== undefined) this.send(pending);
    });
  }
}
