const TICK_MS = 1;
/** The most that one tick counts. */
const MOST_MS = 3;

interface Sleeper {
  until: number;
  wake: () => void;
}

/**
 * Milliseconds without those in which this process stood still: a clock that a busy machine doesn't make run on. What
 * takes a short time by it may have taken longer; what takes long by it did take long, with that many turns in between.
 */
export class SteadyClock {
  readonly #timer: NodeJS.Timeout;
  #last = performance.now();
  #now = 0;
  #sleepers: Sleeper[] = [];
  #isHeld = false;

  constructor() {
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  now(): number {
    return this.#now;
  }

  /** Rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const give = (): void => reject(signal.reason);
      const wake = (): void => {
        signal.removeEventListener('abort', give);
        resolve();
      };
      signal.addEventListener('abort', give, { once: true });
      this.#sleepers.push({ until: this.#now + ms, wake });
    });
  }

  /** Until it goes on no time passes. */
  hold(): void {
    this.#isHeld = true;
  }

  goOn(): void {
    this.#isHeld = false;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const now = performance.now();
    if (!this.#isHeld) this.#now += Math.min(now - this.#last, MOST_MS);
    this.#last = now;
    const due = this.#sleepers.filter(({ until }) => until <= this.#now);
    if (due.length === 0) return;
    this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#now);
    for (const { wake } of due.sort((a, b) => a.until - b.until)) wake();
  }
}
