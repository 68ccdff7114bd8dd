import type { CacheEvent } from '@mooring/resources';

export interface LoggedChange {
  /** The position after it. */
  resourceVersion: number;
  event: CacheEvent<'Session'>;
}

/** The newest changes of the sessions, for whoever comes back after a broken connection. */
export class ChangeLog {
  #changes: LoggedChange[] = [];

  /** @param start the position at which it begins: what came before isn't known here */
  constructor(
    private start: number,
    private readonly limit: number,
  ) {}

  /** Everything up to here is known. */
  get position(): number {
    return this.#changes.at(-1)?.resourceVersion ?? this.start;
  }

  add(change: LoggedChange): void {
    this.#changes.push(change);
    // Cut now and then rather than each time, since cutting copies.
    if (this.#changes.length < this.limit * 2) return;
    const cut = this.#changes.length - this.limit;
    this.start = this.#changes[cut - 1]?.resourceVersion ?? this.start;
    this.#changes = this.#changes.slice(cut);
  }

  /** What came after a position, in order; undefined where that isn't known: list again. */
  after(position: number): LoggedChange[] | undefined {
    if (position < this.start || position > this.position) return undefined;
    return this.#changes.filter(({ resourceVersion }) => resourceVersion > position);
  }
}
