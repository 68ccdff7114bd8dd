/** Wakes those who wait for a change. It counts, so that a change between a look and the wait isn't missed. */
export class ChangeBell {
  #rings = 0;
  readonly #waiting = new Set<() => void>();

  get rings(): number {
    return this.#rings;
  }

  ring(): void {
    this.#rings += 1;
    this.stir();
  }

  /** Has everybody who waits look again. */
  stir(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Resolves once it has rung more often than `rings`, or somebody stirs those who wait: they look for themselves. */
  async heardSince(rings: number): Promise<void> {
    if (this.#rings > rings) return;
    await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }
}
