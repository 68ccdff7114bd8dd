import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createMemoryStore, openStore, type Session, type Store, StoreError, type WatchEvent } from '../src/index.js';
import { sessionDraft, withFinalizers, withPhase, withPort } from './support/drafts.js';
import { Model, modelOf, type Operation, type Outcome, replay } from './support/model.js';

const name = fc.constantFrom('a', 'b', 'c');
const finalizers = fc.subarray(['x/one', 'x/two']);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ type: fc.constant('create' as const), name, finalizers }),
  fc.record({
    type: fc.constant('update' as const),
    name,
    port: fc.constantFrom(8888, 9999),
    finalizers: fc.option(finalizers, { nil: undefined }),
    stale: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('updateStatus' as const),
    name,
    phase: fc.constantFrom('Pending' as const, 'Ready' as const),
    stale: fc.boolean(),
  }),
  fc.record({ type: fc.constant('delete' as const), name }),
);

/** An object of this name to write with where there is none in the store. */
async function spare(store: Store, wanted: string): Promise<Session> {
  const made = await store.create('Session', sessionDraft('spare'));
  await store.delete('Session', 'spare');
  return { ...made, metadata: { ...made.metadata, name: wanted } };
}

async function act(store: Store, operation: Operation, stored: Session | undefined): Promise<void> {
  if (operation.type === 'create') {
    await store.create('Session', sessionDraft(operation.name, { finalizers: operation.finalizers }));
    return;
  }
  if (operation.type === 'delete') return store.delete('Session', operation.name);
  const object = structuredClone(stored ?? (await spare(store, operation.name)));
  if (operation.stale) object.metadata.resourceVersion = String(Number(object.metadata.resourceVersion) - 1);
  if (operation.type === 'updateStatus') await store.updateStatus('Session', withPhase(object, operation.phase));
  else await store.update('Session', withFinalizers(withPort(object, operation.port), operation.finalizers ?? []));
}

async function outcomeOf(store: Store, operation: Operation): Promise<Outcome> {
  try {
    await act(store, operation, await store.get('Session', operation.name));
    return 'ok';
  } catch (error) {
    if (error instanceof StoreError) return error.code as Outcome;
    throw error;
  }
}

async function changesAfter(store: Store, resourceVersion: string): Promise<WatchEvent<'Session'>[]> {
  const { resourceVersion: end } = await store.list('Session');
  const events: WatchEvent<'Session'>[] = [];
  if (end === resourceVersion) return events;
  for await (const event of store.watch('Session', { resourceVersion })) {
    events.push(event);
    if (event.resourceVersion === end) break;
  }
  return events;
}

const STORES = { 'in SQLite': () => openStore({ path: ':memory:' }), 'in memory': async () => createMemoryStore() };

describe.each(Object.entries(STORES))('a random sequence of operations on a store %s', (_where, open) => {
  it('has the outcomes and leaves the objects that the contract says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
        const store = await open();
        const model = new Model();
        for (const one of operations) {
          // Making and removing the spare object takes two versions.
          const needsSpare = (one.type === 'update' || one.type === 'updateStatus') && !model.objects.has(one.name);
          if (needsSpare) model.writes += 2;
          expect([one, await outcomeOf(store, one)]).toEqual([one, model.apply(one)]);
        }
        const { items, resourceVersion } = await store.list('Session');
        expect(new Map(items.map((item) => [item.metadata.name, modelOf(item)]))).toEqual(model.objects);
        expect(resourceVersion).toBe(String(model.writes));
        await store.close();
      }),
      { numRuns: 60 },
    );
  });

  it('is told by the change log so that any list and the changes after it give the last list', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 30 }), fc.nat(30), async (operations, middle) => {
        const store = await open();
        for (const one of operations.slice(0, middle)) await outcomeOf(store, one);
        const start = await store.list('Session');
        for (const one of operations.slice(middle)) await outcomeOf(store, one);
        const { items } = await store.list('Session');
        expect(replay(await changesAfter(store, start.resourceVersion), start.items)).toEqual(items);
        expect(replay(await changesAfter(store, '0'))).toEqual(items);
        await store.close();
      }),
      { numRuns: 60 },
    );
  });
});
