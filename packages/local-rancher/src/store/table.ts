interface Row {
  id: number;
  name: string | null;
}

/** Records by id, by parent, and by name within a parent: thousands may have one parent, so nothing here scans them. */
export class Table<T extends Row> {
  readonly #records = new Map<number, T>();
  /** The ids of each parent's, in their order: ids count up, so that is the order in which they come. */
  readonly #children = new Map<number, Set<number>>();
  /** The ids of those of one parent whose names differ in case at most. */
  readonly #namesakes = new Map<string, Set<number>>();
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
    return this.#recordsOf(this.#children.get(parent));
  }

  /** Those of one parent that have this name, regardless of case. */
  namesakesOf(parent: number, name: string): T[] {
    return this.#recordsOf(this.#namesakes.get(nameKey(parent, name)));
  }

  set(record: T): void {
    const before = this.#records.get(record.id);
    if (before) remove(this.#namesakes, this.#nameKeyOf(before), record.id);
    this.#records.set(record.id, record);
    add(this.#namesakes, this.#nameKeyOf(record), record.id);
    add(this.#children, this.#parentOf(record), record.id);
    this.reserve(record.id);
  }

  delete(record: T): void {
    this.#records.delete(record.id);
    remove(this.#namesakes, this.#nameKeyOf(record), record.id);
    remove(this.#children, this.#parentOf(record), record.id);
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

  #recordsOf(ids: Iterable<number> = []): T[] {
    return [...ids].flatMap((id) => this.#records.get(id) ?? []);
  }

  #nameKeyOf(record: T): string {
    return nameKey(this.#parentOf(record), record.name ?? '');
  }
}

const nameKey = (parent: number, name: string): string => `${parent}/${name.toLowerCase()}`;

function add<K>(sets: Map<K, Set<number>>, key: K, id: number): void {
  const ids = sets.get(key);
  if (ids) ids.add(id);
  else sets.set(key, new Set([id]));
}

function remove<K>(sets: Map<K, Set<number>>, key: K, id: number): void {
  const ids = sets.get(key);
  ids?.delete(id);
  if (ids?.size === 0) sets.delete(key);
}
