/**
 * Looks now and then whether another process has changed the database, while somebody wants to know. The look is a read of a number
 * in memory (SQLite's `data_version`), which another connection's commit changes and one's own doesn't.
 */
export class ChangePoll {
  #interested = 0;
  #timer: NodeJS.Timeout | undefined;
  #seen: number | undefined;

  constructor(private readonly options: { readVersion: () => Promise<number>; onChange: () => void; intervalMs: number }) {}

  /** Looks until the answered function is called. */
  start(): () => void {
    this.#interested += 1;
    if (this.#interested === 1) this.#schedule();
    return () => {
      this.#interested -= 1;
      if (this.#interested === 0) clearTimeout(this.#timer);
    };
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), this.options.intervalMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    // Where the look fails, the watchers' own reads say why.
    const version = await this.options.readVersion().catch(() => undefined);
    if (this.#interested === 0) return;
    if (version === undefined || version !== this.#seen) this.options.onChange();
    this.#seen = version;
    this.#schedule();
  }
}
