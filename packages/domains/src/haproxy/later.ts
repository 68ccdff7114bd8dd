import type { Logger } from 'pino';
import type { Clock } from '../clock.js';

/** Writing takes this share of the time at most, so that changes cost what they cost however many stacks there are. */
const MOST_OF_THE_TIME = 1 / 50;
const SHORTEST_MS = 1_000;
const LONGEST_MS = 10_000;

/** How long files may be behind, in ms, when writing them took so long the last time. */
export const delayAfter = (tookMs: number): number => Math.min(Math.max(tookMs / MOST_OF_THE_TIME, SHORTEST_MS), LONGEST_MS);

export interface LaterOptions {
  /** Writes, and says so by `settle`. */
  write: () => Promise<void>;
  clock: Clock;
  logger: Logger;
}

/** Files that are behind what is in effect, for a while: many changes are written together. */
export class LaterWrite {
  /** Aborted when the files are not behind any more; undefined while they aren't. */
  #behind: AbortController | undefined;
  #tookMs = 0;
  #problem: string | undefined;

  constructor(private readonly options: LaterOptions) {}

  /** Why the files could not be written; they are tried again. */
  get problem(): string | undefined {
    return this.#problem;
  }

  get isBehind(): boolean {
    return this.#behind !== undefined;
  }

  /** The files are behind from now on. */
  note(): void {
    if (this.#behind) return;
    this.#behind = new AbortController();
    void this.#follow(this.#behind.signal);
  }

  /** The files have what is in effect. `tookMs` is how long writing them took. */
  settle(tookMs: number): void {
    this.#tookMs = tookMs;
    this.#problem = undefined;
    this.forget();
  }

  /** The files stay as they are. */
  forget(): void {
    this.#behind?.abort();
    this.#behind = undefined;
  }

  /** Resolves when the files have what is in effect, or can't be written. */
  async flush(): Promise<void> {
    const signal = this.#behind?.signal;
    if (!signal) return;
    const settled = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([this.#try(), settled]);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.options.clock.pause(delayAfter(this.#tookMs), signal);
      if (!signal.aborted) await this.#try();
    }
  }

  async #try(): Promise<void> {
    const { write, logger } = this.options;
    try {
      await write();
      this.#problem = undefined;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (problem !== this.#problem)
        logger.error({ problem }, 'HAProxy has the last changes, and its files have not; they are tried again');
      this.#problem = problem;
    }
  }
}
