/** Wakes those who wait for a change. It counts, so that a change between a look and the wait isn't missed. */
export class ChangeBell {
  #rings = 0;
  readonly #waiting = new Set<() => void>();

  get rings(): number {
    return this.#rings;
  }

  ring(): void {
    this.#rings += 1;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Resolves once it has rung more often than `rings`, or the signal aborts. */
  async heardSince(rings: number, signal?: AbortSignal): Promise<void> {
    if (this.#rings > rings || signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }
}
