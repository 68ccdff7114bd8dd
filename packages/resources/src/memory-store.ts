import { randomUUID } from 'node:crypto';
import { deepFreeze } from './deep-freeze.js';
import { AlreadyExistsError, ClosedError, ExpiredError, NotFoundError } from './errors.js';
import type { Event } from './event.js';
import type { Draft, Kind, KindMap } from './kinds.js';
import { onAbort } from './on-abort.js';
import { ChangeBell } from './sql/change-bell.js';
import type { CreateOptions, DeleteOptions, Store, StoredActivity, WatchEvent, WatchOptions } from './store.js';
import { type Change, created, type Decision, deleted, renamed, type StoredObject, statusUpdated, updated } from './transitions.js';

export interface MemoryStoreOptions {
  now?: () => Date;
  /** Must give UUIDs. */
  uid?: () => string;
}

/** A store with the whole contract that keeps nothing beyond the process: for simulations and tests. Its objects are frozen. */
export function createMemoryStore({ now = () => new Date(), uid = randomUUID }: MemoryStoreOptions = {}): Store {
  return new MemoryStore({ now, uid });
}

class MemoryStore implements Store {
  readonly #objects = new Map<string, StoredObject>();
  readonly #secrets = new Map<string, string>();
  readonly #deletions = new Set<string>();
  readonly #memories = new Map<string, string>();
  #observedAt = 0;
  readonly #bell = new ChangeBell();
  #changes: Change[] = [];
  #version = 0;
  #compacted = 0;
  #isSearched = false;
  #isClosed = false;

  constructor(private readonly options: Required<MemoryStoreOptions>) {}

  async list<K extends Kind>(kind: K): Promise<{ items: KindMap[K][]; resourceVersion: string }> {
    this.#assertOpen();
    const items = [...this.#objects.values()].filter((object) => object.kind === kind) as KindMap[K][];
    items.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    return { items, resourceVersion: String(this.#version) };
  }

  async get<K extends Kind>(kind: K, name: string): Promise<KindMap[K] | undefined> {
    this.#assertOpen();
    return this.#objects.get(keyOf(kind, name)) as KindMap[K] | undefined;
  }

  async eventsOf(uid: string): Promise<Event[]> {
    const { items } = await this.list('Event');
    const regarding = items.filter(({ spec }) => spec.regarding.uid === uid);
    return regarding.sort((a, b) => Number(b.metadata.resourceVersion) - Number(a.metadata.resourceVersion));
  }

  async create<K extends Kind>(kind: K, draft: Draft<K>, { secret, uid }: CreateOptions = {}): Promise<KindMap[K]> {
    const change = created(kind, draft, { uid: uid ?? this.options.uid(), now: this.options.now() });
    this.#assertFree(kind, change.object.metadata.name);
    const object = this.#keep(change);
    if (secret !== undefined) this.#secrets.set(object.metadata.uid, secret);
    return object as KindMap[K];
  }

  async update<K extends Kind>(kind: K, object: KindMap[K]): Promise<KindMap[K]> {
    return this.#change(kind, object.metadata.name, (stored) => updated(stored, object)) as KindMap[K];
  }

  async rename<K extends Kind>(kind: K, object: KindMap[K], name: string): Promise<KindMap[K]> {
    const stored = this.#existing(kind, object.metadata.name);
    const change = renamed(stored, object, name);
    if (name !== stored.metadata.name) this.#assertFree(kind, name);
    this.#objects.delete(keyOf(kind, stored.metadata.name));
    return this.#keep(change) as KindMap[K];
  }

  async updateStatus<K extends Kind>(kind: K, object: KindMap[K]): Promise<KindMap[K]> {
    return this.#change(kind, object.metadata.name, (stored) => statusUpdated(stored, object)) as KindMap[K];
  }

  async delete(kind: Kind, name: string, options: DeleteOptions = {}): Promise<void> {
    this.#assertOpen();
    const stored = this.#objects.get(keyOf(kind, name));
    const change = stored && deleted(stored, this.options.now(), options);
    if (change) this.#keep(change);
  }

  async *watch<K extends Kind>(kind: K, { resourceVersion, signal }: WatchOptions): AsyncGenerator<WatchEvent<K>, void, undefined> {
    let position = Number(resourceVersion);
    const isOver = (): boolean => this.#isClosed || signal?.aborted === true;
    const unlink = onAbort(signal, () => this.#bell.stir());
    try {
      while (!isOver()) {
        const { rings } = this.#bell;
        const changes = this.#after(position);
        position += changes.length;
        for (const { type, object } of changes.filter((change) => change.object.kind === kind)) {
          if (isOver()) return;
          yield { type, kind, object: object as KindMap[K], resourceVersion: object.metadata.resourceVersion };
        }
        if (!isOver()) await this.#bell.heardSince(rings);
      }
    } finally {
      unlink();
    }
  }

  async secret(uid: string): Promise<string | undefined> {
    this.#assertOpen();
    return this.#secrets.get(uid);
  }

  async wasDeleted(uid: string): Promise<boolean> {
    this.#assertOpen();
    return this.#deletions.has(uid);
  }

  async activity(): Promise<StoredActivity> {
    this.#assertOpen();
    return { observedAt: this.#observedAt, memories: new Map(this.#memories) };
  }

  async saveActivity({ observedAt, memories }: StoredActivity): Promise<void> {
    this.#assertOpen();
    this.#observedAt = observedAt;
    const uids = new Set([...this.#objects.values()].map(({ metadata }) => metadata.uid));
    for (const [uid, json] of memories) if (uids.has(uid)) this.#memories.set(uid, json);
  }

  async wasSearched(): Promise<boolean> {
    this.#assertOpen();
    return this.#isSearched;
  }

  async markSearched(): Promise<void> {
    this.#assertOpen();
    this.#isSearched = true;
  }

  async compact(keep: number): Promise<number> {
    this.#assertOpen();
    const before = this.#changes.length;
    this.#changes = keep === 0 ? [] : this.#changes.slice(-keep);
    this.#compacted = this.#version - this.#changes.length;
    return before - this.#changes.length;
  }

  async ping(): Promise<void> {
    this.#assertOpen();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#bell.ring();
  }

  #after(position: number): Change[] {
    if (position < this.#compacted || position > this.#version)
      throw new ExpiredError(`The change log can't tell what came after ${position}: list again.`);
    return this.#changes.slice(position - this.#compacted);
  }

  #change(kind: Kind, name: string, decide: (stored: StoredObject) => Decision): StoredObject {
    const stored = this.#existing(kind, name);
    const change = decide(stored);
    return change ? this.#keep(change) : stored;
  }

  #keep({ type, object: given }: Change): StoredObject {
    this.#version += 1;
    const object = deepFreeze({ ...given, metadata: { ...given.metadata, resourceVersion: String(this.#version) } });
    const { name, uid } = object.metadata;
    if (type === 'DELETED') this.#forget(object);
    else this.#objects.set(keyOf(object.kind, name), object);
    if (type === 'DELETED') this.#deletions.add(uid);
    this.#changes.push({ type, object });
    this.#bell.ring();
    return object;
  }

  #forget({ kind, metadata }: StoredObject): void {
    this.#objects.delete(keyOf(kind, metadata.name));
    this.#secrets.delete(metadata.uid);
    this.#memories.delete(metadata.uid);
  }

  #existing(kind: Kind, name: string): StoredObject {
    this.#assertOpen();
    const stored = this.#objects.get(keyOf(kind, name));
    if (!stored) throw new NotFoundError(`There is no ${kind} ${JSON.stringify(name)}.`);
    return stored;
  }

  #assertFree(kind: Kind, name: string): void {
    this.#assertOpen();
    const holder = this.#objects.get(keyOf(kind, name));
    if (holder) throw new AlreadyExistsError(`There is a ${kind} ${JSON.stringify(name)} already (uid ${holder.metadata.uid}).`);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new ClosedError('The store was closed.');
  }
}

const keyOf = (kind: Kind, name: string): string => `${kind}/${name}`;
