/** Records by id, and the ids of each parent's. */
export class Table<T extends { id: number }> {
  readonly #records = new Map<number, T>();
  readonly #children = new Map<number, Set<number>>();
  readonly #parentOf: (record: T) => number;
  #lastId = 0;

  constructor(parentOf: (record: T) => number) {
    this.#parentOf = parentOf;
  }

  get(id: number): T | undefined {
    return this.#records.get(id);
  }

  /** In no order. */
  values(): Iterable<T> {
    return this.#records.values();
  }

  /** In the order of their ids. */
  all(): T[] {
    return [...this.#records.values()].sort((a, b) => a.id - b.id);
  }

  /** Of one parent, in the order of their ids. */
  childrenOf(parent: number): T[] {
    const ids = [...(this.#children.get(parent) ?? [])].sort((a, b) => a - b);
    return ids.flatMap((id) => this.#records.get(id) ?? []);
  }

  set(record: T): void {
    this.#records.set(record.id, record);
    this.reserve(record.id);
    const parent = this.#parentOf(record);
    const siblings = this.#children.get(parent) ?? new Set();
    this.#children.set(parent, siblings.add(record.id));
  }

  delete(record: T): void {
    this.#records.delete(record.id);
    const parent = this.#parentOf(record);
    const siblings = this.#children.get(parent);
    siblings?.delete(record.id);
    if (siblings?.size === 0) this.#children.delete(parent);
  }

  get lastId(): number {
    return this.#lastId;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** No id up to this one is given again. */
  reserve(id: number): void {
    this.#lastId = Math.max(this.#lastId, id);
  }
}
