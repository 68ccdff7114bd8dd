import { type BackoffOptions, backoffDelay, RECONCILE_BACKOFF } from './backoff.js';
import type { Clock, Timer } from './clock.js';

/** What a queue tells about itself; see metrics.ts. */
export interface WorkQueueObserver {
  added(depth: number): void;
  /** `waitedMs`: from the add to the take. */
  taken(depth: number, waitedMs: number): void;
  /** `workedMs`: from the take to the done. */
  done(workedMs: number): void;
  retried(): void;
}

export interface WorkQueueOptions {
  clock: Clock;
  backoff?: BackoffOptions;
  random?: () => number;
  observer?: WorkQueueObserver;
}

interface Delayed {
  at: number;
  timer: Timer;
}

/**
 * A queue of keys with the promises of client-go's workqueue: a key that is waiting is there once, a key is never handed out
 * twice at the same time, and a key that was added while it was worked on is handed out again afterwards. As in controller-runtime's priority
 * queue, what a whole list adds stands behind what news adds: what was begun goes on while there is still much to begin.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #backoff: BackoffOptions;
  readonly #random: () => number;
  readonly #observer: WorkQueueObserver | undefined;
  /** Keys that need work, with the time at which they were added; a superset of the keys in `#order` and `#later`. */
  readonly #dirty = new Map<string, number>();
  /** Keys that are being worked on, with the time at which they were taken. */
  readonly #processing = new Map<string, number>();
  readonly #order: string[] = [];
  /** Handed out when nothing is in `#order`. */
  readonly #later = new Set<string>();
  readonly #delayed = new Map<string, Delayed>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor({ clock, backoff = RECONCILE_BACKOFF, random = Math.random, observer }: WorkQueueOptions) {
    this.#clock = clock;
    this.#backoff = backoff;
    this.#random = random;
    this.#observer = observer;
  }

  /** How many keys wait to be taken now (those that wait for a time aren't counted). */
  get depth(): number {
    return this.#order.length + this.#later.size;
  }

  /** The key for which nothing happened, but which is to be looked at: those of which there is news go first. */
  addLater(key: string): void {
    if (this.#closed || this.#dirty.has(key)) return;
    if (this.#processing.has(key) || this.#takers.length > 0) {
      this.add(key);
      return;
    }
    this.#dirty.set(key, this.#clock.now());
    this.#later.add(key);
    this.#observer?.added(this.depth);
  }

  add(key: string): void {
    // There is news of it by now.
    if (this.#later.delete(key)) this.#order.push(key);
    if (this.#closed || this.#dirty.has(key)) return;
    this.#dirty.set(key, this.#clock.now());
    if (!this.#processing.has(key)) this.#enqueue(key);
  }

  /** Adds the key `delayMs` from now, unless it is due earlier already. */
  addAfter(key: string, delayMs: number): void {
    if (this.#closed) return;
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const now = this.#clock.now();
    const at = now + delayMs;
    const earlier = this.#delayed.get(key);
    // Its timer knows nothing of a clock that was set forward.
    if (earlier && earlier.at < now) {
      this.#addNow(key, earlier);
      return;
    }
    if (earlier && earlier.at <= at) return;
    earlier?.timer.cancel();
    const timer = this.#clock.after(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, timer });
  }

  #addNow(key: string, { timer }: Delayed): void {
    timer.cancel();
    this.#delayed.delete(key);
    this.add(key);
  }

  /** Adds the key after a delay that doubles with each call until `forget`. */
  addRateLimited(key: string): void {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    this.#observer?.retried();
    this.addAfter(key, backoffDelay(failures, this.#backoff, this.#random));
  }

  /** The key's work went well: its next failure is its first. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The next key; waits for one; undefined once the queue was shut down. The caller owes `done(key)`. */
  take(): Promise<string | undefined> {
    const key = this.#order.shift() ?? this.#firstLater();
    if (key !== undefined) return Promise.resolve(this.#handOut(key));
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  done(key: string): void {
    const takenAt = this.#processing.get(key);
    if (takenAt === undefined) return;
    this.#processing.delete(key);
    this.#observer?.done(this.#clock.now() - takenAt);
    if (this.#dirty.has(key) && !this.#closed) this.#enqueue(key);
  }

  /** Nothing is handed out any more; who waits for a key gets undefined. */
  shutDown(): void {
    this.#closed = true;
    for (const { timer } of this.#delayed.values()) timer.cancel();
    this.#delayed.clear();
    this.#order.length = 0;
    this.#later.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #firstLater(): string | undefined {
    const [key] = this.#later;
    if (key !== undefined) this.#later.delete(key);
    return key;
  }

  #enqueue(key: string): void {
    this.#order.push(key);
    this.#observer?.added(this.depth);
    const taker = this.#takers.shift();
    if (!taker) return;
    this.#order.shift();
    taker(this.#handOut(key));
  }

  #handOut(key: string): string {
    const now = this.#clock.now();
    this.#observer?.taken(this.depth, now - (this.#dirty.get(key) ?? now));
    this.#dirty.delete(key);
    this.#processing.set(key, now);
    return key;
  }
}
