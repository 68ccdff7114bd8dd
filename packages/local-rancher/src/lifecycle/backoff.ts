interface BackoffOptions {
  firstMs: number;
  maxMs: number;
  /** What went well for this long starts again with the first delay. */
  forgetAfterMs: number;
}

/** When a key may be tried again: after delays that double from try to try. */
export class Backoff {
  readonly #options: BackoffOptions;
  readonly #tries = new Map<number, { count: number; lastAt: number }>();

  constructor(options: BackoffOptions) {
    this.#options = options;
  }

  /** Milliseconds until the next try; 0 where it is due. */
  dueIn(key: number, now: number): number {
    const tries = this.#tries.get(key);
    if (!tries) return 0;
    return Math.max(0, tries.lastAt + this.#delayAfter(tries.count) - now);
  }

  tried(key: number, now: number): void {
    const tries = this.#tries.get(key);
    const isFresh = tries !== undefined && now - tries.lastAt < this.#options.forgetAfterMs + this.#delayAfter(tries.count);
    this.#tries.set(key, { count: isFresh ? tries.count + 1 : 0, lastAt: now });
  }

  forget(key: number): void {
    this.#tries.delete(key);
  }

  #delayAfter(count: number): number {
    return Math.min(this.#options.maxMs, this.#options.firstMs * 2 ** count);
  }
}
