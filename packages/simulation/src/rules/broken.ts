/** A rule that didn't hold: what the simulation is there to find. */
export interface Broken {
  rule: string;
  message: string;
  /** Milliseconds after the start. */
  atMs: number;
}

/** Keeps the first rule that is broken; what comes after it mostly follows from it. */
export class Verdict {
  #broken: Broken | undefined;

  get broken(): Broken | undefined {
    return this.#broken;
  }

  fail(rule: string, message: string): void {
    this.#broken ??= { rule, message, atMs: Math.round(performance.now()) };
  }
}
