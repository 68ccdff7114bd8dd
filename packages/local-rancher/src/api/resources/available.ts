import type { Pace } from '../../pace.js';
import type { Store } from '../../store/store.js';
import { invalid } from '../errors.js';

/** @throws ApiError 422 for what the state doesn't offer */
export const checkAvailable = (action: string, available: readonly string[]): void => {
  if (!available.includes(action)) throw invalid('ActionNotAvailable', 'action');
};

interface Named {
  id: number;
  state: string;
}

/** So many of one name passed at once in recording 11-09. */
const MAX_TWINS = 4;

/**
 * Names are unique regardless of case (recording 03-01c), but Rancher checks and writes in two steps: of requests that
 * come at once several pass (11-09, 11-10). At the recorded pace an object isn't seen until its creation was answered.
 */
export class NameGate {
  readonly #store: Store;
  readonly #earlyMs: number;
  readonly #unseen = new Set<number>();
  /** When the creation of an object was answered, for as long as that is new. */
  readonly #answered = new Map<number, number>();

  constructor(store: Store, pace: Pace) {
    this.#store = store;
    this.#earlyMs = pace.losesDeletesWithinMs;
  }

  /**
   * A name is taken until its object is removed (recording 07-18); `holders` are all others that ever had it.
   * @throws ApiError 422 NotUnique
   */
  refuseTaken(holders: readonly Named[]): void {
    const isSeen = ({ id }: Named): boolean => this.#unseen.size >= MAX_TWINS || !this.#unseen.has(id);
    if (holders.some((holder) => holder.state !== 'removed' && isSeen(holder))) throw invalid('NotUnique', 'name');
  }

  /** Whether the answer to its creation left no longer ago than a DELETE may be lost. */
  isFresh({ id }: { id: number }): boolean {
    return this.#unseen.has(id) || this.#answered.has(id);
  }

  /** To be called once what was created is in the store. */
  created({ id }: { id: number }): void {
    if (this.#earlyMs === 0) return;
    this.#unseen.add(id);
    const seen = (): void => {
      this.#unseen.delete(id);
      this.#answered.set(id, Date.now());
      setTimeout(() => this.#answered.delete(id), this.#earlyMs).unref();
    };
    this.#store.flushed().then(seen, seen);
  }
}
