import type { Session } from '@mooring/resources';
import { viewOf } from './status.js';

/** Where a stream goes: a response, as far as it is used here. */
export interface Sink {
  write(text: string): boolean;
  end(text?: string): void;
  once(event: 'drain' | 'close', listener: () => void): unknown;
}

/** Milliseconds after which a browser comes back when the stream broke. */
const RETRY_MS = 2_000;

function encode(session: Session): string {
  return `event: status\nid: ${session.metadata.resourceVersion}\ndata: ${JSON.stringify(viewOf(session))}\n\n`;
}

/**
 * One server-sent event stream about one session (the HTML standard's text/event-stream). To a slow reader only the newest state is sent,
 * so nothing piles up.
 */
export class EventStream {
  #blocked = false;
  #pending: Session | undefined;
  #lastVersion: string | undefined;
  #ended = false;

  constructor(private readonly sink: Sink) {
    this.#write(`retry: ${RETRY_MS}\n\n`);
  }

  status(session: Session): void {
    if (this.#blocked) this.#pending = session;
    else if (session.metadata.resourceVersion !== this.#lastVersion) {
      this.#lastVersion = session.metadata.resourceVersion;
      this.#write(encode(session));
    }
  }

  /** The session is no more: the page asks for its address again, which makes a new one. */
  gone(session: Session): void {
    this.end(`event: gone\ndata: ${JSON.stringify({ name: session.metadata.name })}\n\n`);
  }

  heartbeat(): void {
    if (!this.#blocked) this.#write(': still here\n\n');
  }

  end(text?: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.sink.end(text);
  }

  #write(text: string): void {
    if (this.#ended || this.sink.write(text)) return;
    this.#blocked = true;
    this.sink.once('drain', () => {
      this.#blocked = false;
      const pending = this.#pending;
      this.#pending = undefined;
      if (pending !== undefined) this.status(pending);
    });
  }
}
