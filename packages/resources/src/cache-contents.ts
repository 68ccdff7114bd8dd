import { deepFreeze } from './deep-freeze.js';
import type { Kind, KindMap } from './kinds.js';

/** A change that a cache has taken in; `object` is the last one before it was gone for DELETED. */
export interface CacheEvent<K extends Kind = Kind> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KindMap[K];
}

/** The objects of one kind, frozen, and what a list or a change makes of them. */
export class CacheContents<K extends Kind> {
  readonly #byName = new Map<string, KindMap[K]>();
  readonly #byUid = new Map<string, KindMap[K]>();
  #sorted: KindMap[K][] | undefined;

  get(name: string): KindMap[K] | undefined {
    return this.#byName.get(name);
  }

  byUid(uid: string): KindMap[K] | undefined {
    return this.#byUid.get(uid);
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
    if (before !== undefined && before.metadata.name !== name) this.#forgetName(before);
    this.#byName.set(name, deepFreeze(object));
    this.#byUid.set(uid, object);
    this.#sorted = undefined;
    return [{ type: before === undefined ? 'ADDED' : 'MODIFIED', object }];
  }

  remove(object: KindMap[K]): CacheEvent<K>[] {
    if (!this.#byUid.delete(object.metadata.uid)) return [];
    this.#forgetName(object);
    this.#sorted = undefined;
    return [{ type: 'DELETED', object: deepFreeze(object) }];
  }

  /** Another object may have the name by now. */
  #forgetName({ metadata }: KindMap[K]): void {
    if (this.#byName.get(metadata.name)?.metadata.uid === metadata.uid) this.#byName.delete(metadata.name);
  }
}

function byName<K extends Kind>(a: KindMap[K], b: KindMap[K]): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
