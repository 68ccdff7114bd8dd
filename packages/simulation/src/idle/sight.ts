import type { Tally } from '../world/tally.js';
import type { Blinding } from './events.js';

/** How each thing that tells of activity fails now. */
export class Sight {
  readonly #until = new Map<string, number>();

  constructor(private readonly tally: Tally) {}

  /** For so many seconds from now. */
  blind(blinding: Blinding, seconds: number): void {
    this.#until.set(blinding, performance.now() + seconds * 1000);
  }

  clear(): void {
    this.#until.clear();
  }

  /** Which of them holds now; it is met by who asks. */
  meet(...blindings: readonly Blinding[]): Blinding | undefined {
    const found = blindings.find((each) => (this.#until.get(each) ?? 0) > performance.now());
    if (found) this.tally.count(`blind ${found}`);
    return found;
  }
}
