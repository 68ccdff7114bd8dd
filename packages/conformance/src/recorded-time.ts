/** Rancher purged containers within minutes of their removal (recordings 11-21c, 07-30). */
const PURGED_AFTER_MS = 120_000;

/** How the time of the recordings went by while they were replayed, which takes less. */
export class RecordedTime {
  readonly #marks: { recorded: number; here: number }[] = [];

  /** @param recorded when something was recorded, @param here when it is replayed, both in milliseconds since the epoch */
  pass(recorded: number, here: number): void {
    this.#marks.push({ recorded, here });
  }

  /** What was removed here longer ago than this, at a time `here`, was removed minutes ago in the recordings. */
  purgedAfterMs(here: number): number {
    const now = this.#marks.at(-1)?.recorded ?? 0;
    const then = this.#marks.findLast(({ recorded }) => now - recorded >= PURGED_AFTER_MS);
    return then === undefined ? Number.POSITIVE_INFINITY : here - then.here;
  }
}
