import type { DeleteOptions, Kind, KindMap, Store } from '@mooring/resources';
import { GuardedStore } from '../world/guarded-store.js';
import type { Life } from '../world/life.js';
import type { Ends } from './ends.js';

interface Watch {
  life: Life;
  ends: Ends;
  onWrite: (what: string) => void;
}

/** The store as the controller writes to it: what it ends is looked at. */
export class EndingStore extends GuardedStore {
  readonly #watch: Watch;
  readonly #truth: Store;

  constructor(store: Store, watch: Watch) {
    super(store, watch.life, watch.onWrite);
    this.#truth = store;
    this.#watch = watch;
  }

  override async update<K extends Kind>(kind: K, object: KindMap[K]): Promise<KindMap[K]> {
    if (object.kind !== 'Session' || object.spec.running) return super.update(kind, object);
    return this.#watched('Stop', object.metadata.name, () => super.update(kind, object));
  }

  override async delete(kind: Kind, name: string, options?: DeleteOptions): Promise<void> {
    if (kind !== 'Session') return super.delete(kind, name, options);
    return this.#watched('Delete', name, () => super.delete(kind, name, options));
  }

  async #watched<T>(action: 'Stop' | 'Delete', name: string, write: () => Promise<T>): Promise<T> {
    const session = await this.#truth.get('Session', name);
    const isGoingOn = session?.spec.running === true && session.metadata.deletionTimestamp === undefined;
    const failed = session && isGoingOn ? this.#watch.ends.begin(session, action, this.#watch.life) : () => undefined;
    try {
      return await write();
    } catch (error) {
      failed();
      throw error;
    }
  }
}
