import { syncBuiltinESMExports } from 'node:module';
import FakeTimers from '@sinonjs/fake-timers';

/** The real one: it comes when everything that promises have led to has run. */
const realImmediate = globalThis.setImmediate;

const FAKED = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
  'performance',
] as const;

/**
 * The clock of the whole process, node:timers/promises included. What runs in the simulation is the product as it is, libraries too, which
 * take the time from there: it stands still until `step`.
 */
export class VirtualTime {
  readonly #clock;

  constructor(startMs: number) {
    this.#clock = FakeTimers.install({ now: startMs, toFake: [...FAKED], loopLimit: Number.MAX_SAFE_INTEGER });
    syncBuiltinESMExports();
  }

  /** Milliseconds since the start. */
  get elapsedMs(): number {
    return performance.now();
  }

  /** Goes to the next timer, runs it, and all that follows from it without time passing. */
  async step(): Promise<void> {
    this.#clock.next();
    await settle();
  }

  uninstall(): void {
    this.#clock.uninstall();
    syncBuiltinESMExports();
  }
}

/** Lets everything run that waits for no time. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => realImmediate(() => resolve()));
}
