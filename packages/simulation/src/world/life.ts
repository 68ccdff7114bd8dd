/** A promise that is never settled: what a process waits for that isn't there any more. */
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/**
 * One process, from its start to its crash. Everything that leaves it or comes to it passes here, so that a crash can come at any await that
 * the world could notice: before an act, or between the act and its answer.
 */
export class Life {
  #isAlive = true;
  #left: { calls: number; when: 'before' | 'after' } | undefined;

  constructor(private readonly onCrash: () => void) {}

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** The process crashes at the so-manieth call from now. */
  crashIn(calls: number, when: 'before' | 'after'): void {
    this.#left ??= { calls, when };
  }

  /** It crashes no more by what was arranged. */
  calm(): void {
    this.#left = undefined;
  }

  /** Does something outside and gives the answer back. */
  async call<T>(act: () => Promise<T>): Promise<T> {
    const crashes = this.#countDown();
    if (crashes === 'before') this.crash();
    if (!this.#isAlive) return never();
    const done = act();
    if (crashes === 'after') this.crash();
    try {
      return await this.answer(await done);
    } catch (error) {
      if (this.#isAlive) throw error;
      return never();
    }
  }

  /** Something comes in. */
  answer<T>(value: T): Promise<T> {
    return this.#isAlive ? Promise.resolve(value) : never();
  }

  crash(): void {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.onCrash();
  }

  #countDown(): 'before' | 'after' | undefined {
    if (this.#left === undefined) return undefined;
    this.#left.calls -= 1;
    return this.#left.calls < 0 ? this.#left.when : undefined;
  }
}
