import type { Clock } from '../../src/clock.js';

/** Short pauses are none; long ones last until they are let go. */
export class HeldClock implements Clock {
  time = 0;
  #held: { ms: number; go: () => void }[] = [];

  /** The long pauses that go on, in ms. */
  get pauses(): number[] {
    return this.#held.map(({ ms }) => ms);
  }

  now(): number {
    return this.time;
  }

  async pause(ms: number, signal: AbortSignal): Promise<void> {
    if (ms < 1_000) {
      this.time += ms;
      return new Promise((resolve) => setImmediate(resolve));
    }
    await new Promise<void>((resolve) => {
      const one = { ms, go: resolve };
      this.#held.push(one);
      signal.addEventListener('abort', () => {
        this.#held = this.#held.filter((other) => other !== one);
        resolve();
      });
    });
  }

  /** All long pauses are over. */
  go(): void {
    const held = this.#held;
    this.#held = [];
    for (const { ms, go } of held) {
      this.time += ms;
      go();
    }
  }
}
