import type { Logger } from 'pino';

/** One step for a key. Resolves with milliseconds to be woken after, or nothing to wait for the next wake. */
type StepFunction = (key: number) => Promise<number | undefined>;

const RETRY_MS = 1000;

/** Runs a step for each key that was woken: never twice at once for one key, and again where it was woken meanwhile. */
export class KeyedWorker {
  readonly #step: StepFunction;
  readonly #logger: Logger;
  readonly #running = new Map<number, { again: boolean }>();
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #closed = false;

  constructor(step: StepFunction, logger: Logger) {
    this.#step = step;
    this.#logger = logger;
  }

  wake(key: number): void {
    if (this.#closed) return;
    this.#unschedule(key);
    const running = this.#running.get(key);
    if (running) running.again = true;
    else this.#run(key).catch((error) => this.#logger.error({ err: error, key }, 'worker failed'));
  }

  /** No step begins from now on. */
  close(): void {
    this.#closed = true;
    for (const key of [...this.#timers.keys()]) this.#unschedule(key);
  }

  async #run(key: number): Promise<void> {
    const running = { again: true };
    this.#running.set(key, running);
    let delay: number | undefined;
    while (running.again && !this.#closed) {
      running.again = false;
      delay = await this.#stepSafely(key);
    }
    this.#running.delete(key);
    if (delay !== undefined) this.#schedule(key, delay);
  }

  async #stepSafely(key: number): Promise<number | undefined> {
    try {
      return await this.#step(key);
    } catch (error) {
      if (this.#closed) return undefined;
      this.#logger.error({ err: error, key }, 'a step failed and is tried again');
      return RETRY_MS;
    }
  }

  #schedule(key: number, delay: number): void {
    if (this.#closed) return;
    const timer = setTimeout(() => this.wake(key), delay);
    timer.unref();
    this.#timers.set(key, timer);
  }

  #unschedule(key: number): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
  }
}
