import {
  ConflictError,
  type CreateOptions,
  type Draft,
  type Kind,
  type KindMap,
  NotFoundError,
  POOL_LABEL,
  type Store,
  UNCLAIMED_LABEL,
} from '@mooring/resources';
import { GuardedStore } from '../world/guarded-store.js';

/** A claim that takes what it wants, whoever wrote meanwhile. */
export class ComparesNothing extends GuardedStore {
  override async rename<K extends Kind>(kind: K, object: KindMap[K], name: string): Promise<KindMap[K]> {
    try {
      return await super.rename(kind, object, name);
    } catch (error) {
      if (!(error instanceof ConflictError || error instanceof NotFoundError)) throw error;
      const { items } = await this.list(kind);
      const now = items.find(({ metadata }) => metadata.uid === object.metadata.uid);
      if (!now) throw error;
      return super.rename(
        kind,
        { ...object, metadata: { ...object.metadata, name: now.metadata.name, resourceVersion: now.metadata.resourceVersion } },
        name,
      );
    }
  }
}

/** What waited in a pool when the store was lost waits there again. */
export class ForgetsClaims extends GuardedStore {
  override create<K extends Kind>(kind: K, draft: Draft<K>, options?: CreateOptions): Promise<KindMap[K]> {
    const { [UNCLAIMED_LABEL]: pool, ...labels } = draft.metadata.labels ?? {};
    if (pool === undefined) return super.create(kind, draft, options);
    return super.create(kind, { ...draft, metadata: { ...draft.metadata, labels: { ...labels, [POOL_LABEL]: pool } } }, options);
  }
}

export type StoreClass = new (...args: ConstructorParameters<typeof GuardedStore>) => Store;
