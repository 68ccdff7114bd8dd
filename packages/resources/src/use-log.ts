/** Sessions that are remembered at most; the one that was used longest ago goes first. */
const LIMIT = 20_000;

/** When people were last seen at the front, by the session's uid. In memory only: after a restart it knows of nobody. */
export class UseLog {
  /** In the order in which they were noted. */
  readonly #last = new Map<string, number>();

  constructor(private readonly limit = LIMIT) {}

  /** Somebody came for this session at `atMs` (ms since the epoch). An earlier time than the one that is known changes nothing. */
  note(uid: string, atMs: number): void {
    const last = Math.max(atMs, this.#last.get(uid) ?? atMs);
    this.#last.delete(uid);
    this.#last.set(uid, last);
    if (this.#last.size <= this.limit) return;
    const [oldest] = this.#last.keys();
    if (oldest !== undefined) this.#last.delete(oldest);
  }

  /** In ms since the epoch; undefined where nobody was seen, or it was too long ago to be remembered. */
  last(uid: string): number | undefined {
    return this.#last.get(uid);
  }
}
