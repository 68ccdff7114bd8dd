/** Where a stream goes: a response, as far as it is used here. */
export interface Sink {
  write(text: string): boolean;
  end(text?: string): void;
  destroy(): unknown;
  once(event: 'drain' | 'close', listener: () => void): unknown;
}

/** Beats in a row that found a reader who had not taken what was sent before: then it is cut off, and comes back if it still can. */
const MAX_MISSED = 2;
/** Milliseconds after which a browser comes back when the stream broke. */
const RETRY_MS = 2_000;

/** A server-sent event stream (the HTML standard's text/event-stream) to a reader who may be slow. */
export class Outlet {
  #isBlocked = false;
  #hasEnded = false;
  #missed = 0;

  /** `onDrain`: the reader has taken what was sent before. */
  constructor(
    private readonly sink: Sink,
    private readonly onDrain: () => void,
  ) {
    this.write(`retry: ${RETRY_MS}\n\n`);
  }

  /** Whether the reader has not taken yet what was sent before. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  write(text: string): void {
    if (this.#hasEnded || this.sink.write(text)) return;
    this.#isBlocked = true;
    this.sink.once('drain', () => {
      this.#isBlocked = false;
      this.#missed = 0;
      this.onDrain();
    });
  }

  /** Keeps proxies from closing a quiet stream, and cuts off who takes nothing any more. */
  beat(text: string): void {
    if (!this.#isBlocked) this.write(text);
    else if (++this.#missed >= MAX_MISSED) {
      this.#hasEnded = true;
      this.sink.destroy();
    }
  }

  end(text?: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.sink.end(text);
  }
}
