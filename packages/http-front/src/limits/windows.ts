import { Lru } from '../lru.js';

const WINDOW_MS = 60_000;
/** Keys that are remembered; of more, those that were seen longest ago begin anew. */
const REMEMBERED = 10_000;

/**
 * Counts by key in windows of a minute, which begin with their first count. It answers at once, without a promise: it is asked with every
 * request.
 */
export class Windows {
  readonly #counts = new Lru<{ count: number }>(REMEMBERED);

  /** `max`: counts that a window takes; `now`: ms since the epoch. */
  constructor(
    private readonly max: number,
    private readonly now: () => number,
  ) {}

  /** Counts one. Answers the milliseconds until the window's end where it is one too many; undefined where it isn't. */
  count(key: string): number | undefined {
    const now = this.now();
    const window = this.#open(key, now);
    if (window === undefined) {
      this.#counts.set(key, { count: 1 }, now);
      return undefined;
    }
    window.value.count += 1;
    return window.value.count > this.max ? window.storedAt + WINDOW_MS - now : undefined;
  }

  /** Counts nothing: the milliseconds until the window's end where one more would be too many; undefined where it wouldn't. */
  full(key: string): number | undefined {
    const now = this.now();
    const window = this.#open(key, now);
    return window !== undefined && window.value.count >= this.max ? window.storedAt + WINDOW_MS - now : undefined;
  }

  /** The key's window that isn't over. One that has yet to begin is of a clock that was set back since: nobody waits until it is there again. */
  #open(key: string, now: number) {
    const window = this.#counts.get(key);
    const age = window === undefined ? WINDOW_MS : now - window.storedAt;
    return age >= 0 && age < WINDOW_MS ? window : undefined;
  }
}
