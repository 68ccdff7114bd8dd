import type { Reconcile } from './controller.js';

/** Counts down the keys that were there at the start, until each was reconciled once (well or not). */
export class FirstPass {
  readonly #open: Set<string>;

  constructor(keys: Iterable<string>) {
    this.#open = new Set(keys);
  }

  /** How many keys were not looked at yet. */
  get left(): number {
    return this.#open.size;
  }

  watching(reconcile: Reconcile): Reconcile {
    return async (key, log) => {
      try {
        return await reconcile(key, log);
      } finally {
        this.#open.delete(key);
      }
    };
  }
}
