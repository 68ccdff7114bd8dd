import type {
  CreateOptions,
  DeleteOptions,
  Draft,
  Event,
  Kind,
  KindMap,
  Store,
  StoredActivity,
  WatchEvent,
  WatchOptions,
} from '@mooring/resources';
import type { Life } from './life.js';

/** A store as one process sees it: what a process that has crashed asks for is never done, and never answered. */
export class GuardedStore implements Store {
  constructor(
    private readonly store: Store,
    private readonly life: Life,
    /** Told of each call that may write, before it does. */
    private readonly onWrite: (what: string) => void,
  ) {}

  list<K extends Kind>(kind: K): Promise<{ items: KindMap[K][]; resourceVersion: string }> {
    return this.life.call(() => this.store.list(kind));
  }

  get<K extends Kind>(kind: K, name: string): Promise<KindMap[K] | undefined> {
    return this.life.call(() => this.store.get(kind, name));
  }

  eventsOf(uid: string): Promise<Event[]> {
    return this.life.call(() => this.store.eventsOf(uid));
  }

  create<K extends Kind>(kind: K, draft: Draft<K>, options?: CreateOptions): Promise<KindMap[K]> {
    return this.#write('create', () => this.store.create(kind, draft, options));
  }

  update<K extends Kind>(kind: K, object: KindMap[K]): Promise<KindMap[K]> {
    return this.#write('update', () => this.store.update(kind, object));
  }

  rename<K extends Kind>(kind: K, object: KindMap[K], name: string): Promise<KindMap[K]> {
    return this.#write('rename', () => this.store.rename(kind, object, name));
  }

  updateStatus<K extends Kind>(kind: K, object: KindMap[K]): Promise<KindMap[K]> {
    return this.#write('updateStatus', () => this.store.updateStatus(kind, object));
  }

  delete(kind: Kind, name: string, options?: DeleteOptions): Promise<void> {
    return this.#write('delete', () => this.store.delete(kind, name, options));
  }

  async *watch<K extends Kind>(kind: K, options: WatchOptions): AsyncIterable<WatchEvent<K>> {
    for await (const event of this.store.watch(kind, options)) yield await this.life.answer(event);
  }

  secret(uid: string): Promise<string | undefined> {
    return this.life.call(() => this.store.secret(uid));
  }

  wasDeleted(uid: string): Promise<boolean> {
    return this.life.call(() => this.store.wasDeleted(uid));
  }

  activity(): Promise<StoredActivity> {
    return this.life.call(() => this.store.activity());
  }

  saveActivity(activity: StoredActivity): Promise<void> {
    return this.life.call(() => this.store.saveActivity(activity));
  }

  wasSearched(): Promise<boolean> {
    return this.life.call(() => this.store.wasSearched());
  }

  markSearched(): Promise<void> {
    return this.life.call(() => this.store.markSearched());
  }

  compact(keep: number): Promise<number> {
    return this.life.call(() => this.store.compact(keep));
  }

  ping(): Promise<void> {
    return this.life.call(() => this.store.ping());
  }

  async close(): Promise<void> {
    // It outlives the process.
  }

  #write<T>(what: string, run: () => Promise<T>): Promise<T> {
    this.onWrite(what);
    return this.life.call(run);
  }
}
