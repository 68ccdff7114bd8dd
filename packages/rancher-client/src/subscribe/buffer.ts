import { gap, type SubscribeEvent } from './frame.js';

/** Events between the socket and one consumer. When the consumer is too slow, what waits is dropped for a single gap. */
export class EventBuffer {
  #events: SubscribeEvent[] = [];
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(private readonly capacity: number) {}

  push(event: SubscribeEvent): void {
    if (this.#closed) return;
    if (this.#events.length >= this.capacity) this.#overflow();
    this.#events.push(event);
    this.#wake?.();
  }

  /** The next event, or undefined once the buffer was closed. For one consumer at a time. */
  async next(): Promise<SubscribeEvent | undefined> {
    while (this.#events.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#closed ? undefined : this.#events.shift();
  }

  close(): void {
    this.#closed = true;
    this.#events = [];
    this.#wake?.();
  }

  #overflow(): void {
    const connected = this.#events.filter(({ type }) => type === 'connected');
    this.#events = [...connected, gap(`more than ${this.capacity} events waited for their consumer`)];
  }
}
