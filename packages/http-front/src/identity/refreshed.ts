export interface RefreshedOptions<T> {
  /** Asks for the value; it has its own deadline. */
  load: () => Promise<T>;
  /** Milliseconds after which the value is asked for again, while the old one is still used. */
  freshMs: number;
  /** Milliseconds after which the old value is no longer used. */
  staleMs: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/**
 * Something that somebody else publishes and that changes seldom. It is asked for when it is first needed, once for all who wait; from then
 * on nobody waits for it who can do with the last one.
 */
export class Refreshed<T> {
  #last: { value: T; loadedAt: number } | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;
  #loading: Promise<T> | undefined;
  #failed = false;

  constructor(private readonly options: RefreshedOptions<T>) {}

  /** Whether the last question failed. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Milliseconds since it was last asked for, whatever came of it. */
  get sinceTriedMs(): number {
    return this.options.now() - this.#triedAt;
  }

  /** What is known now, without asking. */
  peek(): T | undefined {
    return this.#last?.value;
  }

  async get(): Promise<T> {
    const { freshMs, staleMs, now } = this.options;
    const age = this.#last === undefined ? Number.POSITIVE_INFINITY : now() - this.#last.loadedAt;
    if (this.#last === undefined || age >= staleMs) return this.refresh();
    // A failed question is not repeated by every request.
    if (age >= freshMs && this.sinceTriedMs >= Math.min(freshMs, 10_000)) this.refresh().catch(() => {});
    return this.#last.value;
  }

  /** Asks now, or waits for the question that is under way. */
  refresh(): Promise<T> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<T> {
    this.#triedAt = this.options.now();
    try {
      const value = await this.options.load();
      this.#last = { value, loadedAt: this.options.now() };
      this.#failed = false;
      return value;
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }
}
