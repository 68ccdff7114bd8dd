import type { Target } from '../reading.js';

interface Entry<T> {
  run: string;
  value: T;
}

/** More sessions than one Mooring serves. */
const MAX_SESSIONS = 20_000;

/**
 * What a source remembers of each session, for as long as its container runs: what was seen of an earlier run says nothing of the next.
 * Whoever was asked for least lately is forgotten first, and is then as one never seen: unknown, not quiet.
 */
export class RunMemory<T> {
  readonly #entries = new Map<string, Entry<T>>();

  constructor(private readonly capacity = MAX_SESSIONS) {}

  get({ session, run }: Target): T | undefined {
    const entry = this.#entries.get(session.metadata.uid);
    return entry?.run === run ? entry.value : undefined;
  }

  set({ session, run }: Target, value: T): void {
    const { uid } = session.metadata;
    this.#entries.delete(uid);
    this.#entries.set(uid, { run, value });
    if (this.#entries.size <= this.capacity) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }

  get size(): number {
    return this.#entries.size;
  }
}
