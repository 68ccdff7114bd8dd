import type { Clock, Timer } from '../../src/runtime/clock.js';

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 1_800_000_000_000;
  #next = 0;
  readonly #timers = new Map<number, { at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): Timer {
    const id = this.#next++;
    this.#timers.set(id, { at: this.#now + delayMs, callback });
    return { cancel: () => this.#timers.delete(id) };
  }

  /** How many calls are pending. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves on by `ms`, calling in order whatever is due until then. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.#due(end); due; due = this.#due(end)) {
      this.#timers.delete(due.id);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
  }

  #due(end: number): { id: number; at: number; callback: () => void } | undefined {
    const due = [...this.#timers].map(([id, timer]) => ({ id, ...timer })).filter(({ at }) => at <= end);
    return due.sort((a, b) => a.at - b.at || a.id - b.id)[0];
  }
}
