import type { Rollout, RolloutService } from '@mooring/resources';
import { lookDelay, type Remembered as Waiting } from '../sessions/memory.js';
import { targetKey } from './target.js';

/** Rancher tells by an event within a second or so; only what takes longer is asked for. */
const FIRST_LOOK_MS = 3000;
const BACKOFF_MS = { first: 1000, most: 30_000 };

interface ServiceMemory {
  wait: Waiting;
  lookAt?: number | undefined;
  failures: number;
  retryAt: number;
}

/** What this process knows of a Rollout besides its record. All of it can be learnt again. */
export class RolloutMemory {
  /** As this process last wrote it. */
  written: Rollout | undefined;
  /** Why Rancher refuses upgrades, by key. */
  readonly refused = new Map<string, string>();
  relistedAt = 0;
  readonly #services = new Map<string, ServiceMemory>();

  /** When a service that is on its way is to be read, should no event come, in ms since the epoch. */
  lookAt({ environment, id, phase }: RolloutService, state: string, now: number): number {
    const memory = this.#of(targetKey(environment, id));
    const what = `${phase} ${state}`;
    if (memory.wait.waiting?.what !== what) memory.lookAt = undefined;
    memory.lookAt ??= now + lookDelay(memory.wait, what, now, FIRST_LOOK_MS);
    return memory.lookAt;
  }

  looked({ environment, id }: RolloutService): void {
    this.#of(targetKey(environment, id)).lookAt = undefined;
  }

  /** Whether an act that failed is to be tried by now. */
  mayTry({ environment, id }: RolloutService, now: number): boolean {
    return this.#of(targetKey(environment, id)).retryAt <= now;
  }

  /** Answers in how many ms it is tried again. */
  failed({ environment, id }: RolloutService, now: number): number {
    const memory = this.#of(targetKey(environment, id));
    const delay = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** memory.failures);
    memory.failures += 1;
    memory.retryAt = now + delay;
    return delay;
  }

  succeeded({ environment, id }: RolloutService): void {
    this.#of(targetKey(environment, id)).failures = 0;
  }

  #of(key: string): ServiceMemory {
    const known = this.#services.get(key) ?? { wait: {}, failures: 0, retryAt: 0 };
    this.#services.set(key, known);
    return known;
  }
}
