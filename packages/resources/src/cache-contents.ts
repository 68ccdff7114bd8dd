import { deepFreeze } from './deep-freeze.js';
import type { Kind, KindMap } from './kinds.js';

/** A change that a cache has taken in; `object` is the last one before it was gone for DELETED. */
export interface CacheEvent<K extends Kind = Kind> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KindMap[K];
  /** What the cache had before, for MODIFIED. */
  before?: KindMap[K];
}

/** The objects of one kind, frozen, and what a list or a change makes of them. */
export class CacheContents<K extends Kind> {
  readonly #byName = new Map<string, KindMap[K]>();
  readonly #byUid = new Map<string, KindMap[K]>();
  /** By the name of each of their labels, then by uid. */
  readonly #byLabel = new Map<string, Map<string, KindMap[K]>>();
  #sorted: KindMap[K][] | undefined;

  get(name: string): KindMap[K] | undefined {
    return this.#byName.get(name);
  }

  byUid(uid: string): KindMap[K] | undefined {
    return this.#byUid.get(uid);
  }

  labelled(label: string): KindMap[K][] {
    return [...(this.#byLabel.get(label)?.values() ?? [])];
  }

  list(): KindMap[K][] {
    this.#sorted ??= [...this.#byName.values()].sort(byName);
    return [...this.#sorted];
  }

  /** Takes a whole list; answers what is different by it. */
  replace(items: readonly KindMap[K][]): CacheEvent<K>[] {
    const uids = new Set(items.map(({ metadata }) => metadata.uid));
    const gone = this.list().filter(({ metadata }) => !uids.has(metadata.uid));
    return [...gone.flatMap((object) => this.remove(object)), ...items.flatMap((object) => this.put(object))];
  }

  put(object: KindMap[K]): CacheEvent<K>[] {
    const { name, uid, resourceVersion } = object.metadata;
    const before = this.#byUid.get(uid);
    if (before?.metadata.resourceVersion === resourceVersion) return [];
    if (before !== undefined) this.#forget(before, name);
    this.#byName.set(name, deepFreeze(object));
    this.#byUid.set(uid, object);
    this.#index(object);
    this.#sorted = undefined;
    return [before === undefined ? { type: 'ADDED', object } : { type: 'MODIFIED', object, before }];
  }

  remove(object: KindMap[K]): CacheEvent<K>[] {
    const before = this.#byUid.get(object.metadata.uid);
    if (before === undefined) return [];
    this.#byUid.delete(object.metadata.uid);
    this.#forget(before);
    this.#sorted = undefined;
    return [{ type: 'DELETED', object: deepFreeze(object) }];
  }

  #index(object: KindMap[K]): void {
    const { uid, labels } = object.metadata;
    for (const label of Object.keys(labels)) {
      const holders = this.#byLabel.get(label) ?? new Map<string, KindMap[K]>();
      this.#byLabel.set(label, holders.set(uid, object));
    }
  }

  /** Another object may have the name by now; `kept` is the name that it goes on with. */
  #forget({ metadata: { name, uid, labels } }: KindMap[K], kept?: string): void {
    if (name !== kept && this.#byName.get(name)?.metadata.uid === uid) this.#byName.delete(name);
    for (const label of Object.keys(labels)) {
      const holders = this.#byLabel.get(label);
      holders?.delete(uid);
      if (holders?.size === 0) this.#byLabel.delete(label);
    }
  }
}

function byName<K extends Kind>(a: KindMap[K], b: KindMap[K]): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
