import { ConflictError, type Draft, KINDS, type KindMap, type Store } from '@mooring/resources';

/** Kinds whose objects are made from the configuration. */
type Configured = 'SessionTemplate' | 'WarmPool';

/** Creates an object, or brings its spec up to date; what is the same is not written again. */
export async function put<K extends Configured>(store: Store, kind: K, draft: Draft<K>): Promise<KindMap[K]> {
  for (;;) {
    const stored = await store.get(kind, draft.metadata.name);
    if (!stored) return store.create(kind, draft);
    try {
      return await store.update(kind, { ...stored, spec: KINDS[kind].shape.spec.parse(draft.spec) } as KindMap[K]);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
