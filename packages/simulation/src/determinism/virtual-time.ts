import { syncBuiltinESMExports } from 'node:module';
import FakeTimers from '@sinonjs/fake-timers';

const realImmediate = globalThis.setImmediate;

const FAKED = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate', 'performance'] as const;

/**
 * The clock of the whole process, node:timers/promises included. What runs in the simulation is the product as it is, libraries too, which
 * take the time from there: it stands still until `step`.
 */
export class VirtualTime {
  readonly #clock;
  readonly #realDate = globalThis.Date;

  constructor(startMs: number) {
    this.#clock = FakeTimers.install({ now: startMs, toFake: [...FAKED], loopLimit: Number.MAX_SAFE_INTEGER });
    globalThis.Date = dateOf(this.#clock);
    syncBuiltinESMExports();
  }

  /** Milliseconds since the start. */
  get elapsedMs(): number {
    return performance.now();
  }

  /** Goes to the next timer, runs it, and all that follows from it without time passing. */
  async step(): Promise<void> {
    const nextAt = this.#clock.timerHeap?.peek()?.callAt ?? Number.POSITIVE_INFINITY;
    if (nextAt > this.#clock.now) await turn();
    this.#clock.next();
    await settle();
  }

  uninstall(): void {
    this.#clock.uninstall();
    globalThis.Date = this.#realDate;
    syncBuiltinESMExports();
  }
}

/** A Date whose now is the clock's. The library's own defines a property of each date and goes through a proxy, which makes it ten times as slow. */
function dateOf(clock: { readonly now: number }): DateConstructor {
  const RealDate = globalThis.Date;
  class VirtualDate extends RealDate {
    constructor(...given: ConstructorParameters<DateConstructor> | []) {
      if (given.length === 0) super(clock.now);
      else super(...given);
    }

    static override now(): number {
      return clock.now;
    }

    /** Dates from before are dates. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return RealDate[Symbol.hasInstance].call(RealDate, value);
    }
  }
  return VirtualDate as unknown as DateConstructor;
}

/** Lets everything run that waits for no time: a tick comes when all that promises have led to has run. */
export async function settle(): Promise<void> {
  // What was called by Node itself, and not by a promise, would have its tick before them.
  await undefined;
  await new Promise<void>((resolve) => process.nextTick(resolve));
}

/**
 * A turn of the event loop, which takes longer than a tick: Node looks for rejections that nobody handles only when no tick is left, and
 * `settle` always leaves one. There is one before any time passes, so that what ends a real process ends this one too, in the same moment.
 */
const turn = (): Promise<void> => new Promise((resolve) => void realImmediate(resolve));
