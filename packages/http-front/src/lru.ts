interface Entry<V> {
  value: V;
  /** Milliseconds since the epoch. */
  storedAt: number;
}

/** A map that forgets what was used least recently once it holds `capacity` entries. */
export class Lru<V> {
  readonly #entries = new Map<string, Entry<V>>();

  constructor(private readonly capacity: number) {}

  get(key: string): Entry<V> | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  set(key: string, value: V, storedAt: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, storedAt });
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > this.capacity && !oldest.done) this.#entries.delete(oldest.value);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  get size(): number {
    return this.#entries.size;
  }
}
