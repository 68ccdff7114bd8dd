import type { Store } from '../store/store.js';

/** The metadata's version: another text after every change, also over restarts. */
export class MetadataVersion {
  #value = Date.now();
  readonly #waiting = new Set<() => void>();
  readonly #forget: () => void;

  constructor(store: Store) {
    this.#forget = store.onChange(() => {
      this.#value = Math.max(this.#value + 1, Date.now());
      this.#wakeAll();
    });
  }

  get value(): string {
    return String(this.#value);
  }

  /** Resolves when the version is another one, at the latest after maxWaitMs or when the signal is aborted. */
  async changedFrom(value: string, maxWaitMs: number, signal: AbortSignal): Promise<void> {
    if (value !== this.value || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, maxWaitMs);
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  close(): void {
    this.#forget();
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const done of [...this.#waiting]) done();
  }
}
