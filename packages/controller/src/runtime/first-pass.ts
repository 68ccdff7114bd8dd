import type { Reconcile } from './controller.js';

/** Counts down the keys that were there at the start, until each was reconciled once (well or not). */
export class FirstPass {
  readonly #open: Set<string>;

  /** `exists`: whether a key is still anybody's. */
  constructor(
    keys: Iterable<string>,
    private readonly exists: (key: string) => boolean,
  ) {
    this.#open = new Set(keys);
  }

  /** How many keys that still exist were not looked at yet. */
  get left(): number {
    return [...this.#open].filter((key) => this.exists(key)).length;
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
