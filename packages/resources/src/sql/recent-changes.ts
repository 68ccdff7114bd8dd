import type { Change, StoredObject } from '../transitions.js';

/** So many changes are kept at least, once there were so many; their objects take some kB each. */
const KEPT = 2000;

/**
 * The newest changes that this process has committed, with their frozen objects: watchers that are hardly behind need no look into the
 * file. There is no gap in it, so that whatever another process may have written is looked for in the file.
 */
export class RecentChanges {
  /** In their order; each has the resourceVersion after the one before it. */
  #changes: Change[] = [];
  #first = 0;

  /** What was committed, in order. */
  add(changes: readonly Change[]): void {
    for (const change of changes) {
      const version = versionOf(change);
      // Another process wrote in between.
      if (version !== this.#end) this.clear();
      if (this.#changes.length === 0) this.#first = version;
      this.#changes.push(change);
    }
    if (this.#changes.length >= 2 * KEPT) this.#shorten();
  }

  /** Some of the changes right after a position, `limit` at most; undefined where they can't be told. */
  after(position: number, limit: number): Change[] | undefined {
    if (position < this.#first - 1 || position >= this.#end - 1) return undefined;
    const start = position - this.#first + 1;
    return this.#changes.slice(start, start + limit);
  }

  /** The object as the change with this resourceVersion left it. */
  at(resourceVersion: number): StoredObject | undefined {
    return this.#changes[resourceVersion - this.#first]?.object;
  }

  /** There may be changes that only the file can tell. */
  clear(): void {
    this.#changes = [];
    this.#first = 0;
  }

  get #end(): number {
    return this.#first + this.#changes.length;
  }

  #shorten(): void {
    this.#first += this.#changes.length - KEPT;
    this.#changes = this.#changes.slice(-KEPT);
  }
}

const versionOf = ({ object }: Change): number => Number(object.metadata.resourceVersion);
