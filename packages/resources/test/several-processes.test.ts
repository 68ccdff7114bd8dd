import { describe, expect, it } from '@jest/globals';
import { ConflictError, type Session, type Store } from '../src/index.js';
import { sessionDraft, withPort } from './support/drafts.js';
import { openTestStore, temporaryPath } from './support/stores.js';

/** Two connections to one file stand for two processes: they share nothing but the file. */
async function openTwo(): Promise<[Store, Store]> {
  const path = await temporaryPath();
  return Promise.all([openTestStore({ path, pollMs: 5 }), openTestStore({ path, pollMs: 5 })]);
}

async function countUp(store: Store): Promise<void> {
  for (;;) {
    const session = await store.get('Session', 'counter');
    if (session === undefined) throw new Error('the counter is gone');
    try {
      await store.update('Session', withPort(session, session.spec.launch.port + 1));
      return;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

describe('two stores on one file', () => {
  it('lose no update that was made by compare-and-swap', async () => {
    const stores = await openTwo();
    const start = await stores[0].create('Session', sessionDraft('counter'));
    await Promise.all(stores.flatMap((store) => Array.from({ length: 25 }, () => countUp(store))));
    const end = await stores[1].get('Session', 'counter');
    expect(end?.spec.launch.port).toBe(start.spec.launch.port + 50);
    expect(end?.metadata).toMatchObject({ generation: 51, resourceVersion: '51' });
  });

  it('take resourceVersions from one sequence, and one of them wins a name', async () => {
    const stores = await openTwo();
    const names = Array.from({ length: 40 }, (_, index) => `s${index}`);
    const outcomes = await Promise.allSettled(names.flatMap((name) => stores.map((store) => store.create('Session', sessionDraft(name)))));
    const made = outcomes.filter((outcome): outcome is PromiseFulfilledResult<Session> => outcome.status === 'fulfilled');
    const versions = made.map(({ value }) => Number(value.metadata.resourceVersion)).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(made.map(({ value }) => value.metadata.name).sort()).toEqual([...names].sort());
  });

  it('tell each other what changed', async () => {
    const [one, other] = await openTwo();
    const told: string[] = [];
    const watching = (async () => {
      for await (const { object } of other.watch('Session', { resourceVersion: '0' })) {
        told.push(object.metadata.name);
        if (told.length === 3) return;
        await one.create('Session', sessionDraft(`after-${object.metadata.name}`));
      }
    })();
    await one.create('Session', sessionDraft('first'));
    await watching;
    expect(told).toEqual(['first', 'after-first', 'after-after-first']);
  });

  it('miss no change of either, in whatever order they come', async () => {
    const stores = await openTwo();
    const names = Array.from({ length: 60 }, (_, index) => `s${index}`);
    const watched = stores.map(async (store) => {
      const versions: string[] = [];
      for await (const { resourceVersion } of store.watch('Session', { resourceVersion: '0' })) {
        if (versions.push(resourceVersion) === names.length) break;
      }
      return versions;
    });
    // Some together and some alone, of both by turns.
    await Promise.all(
      stores.map(async (store, half) => {
        const own = names.filter((_, index) => index % 2 === half);
        const create = (name: string) => store.create('Session', sessionDraft(name));
        for (const name of own.slice(0, 10)) await create(name);
        await Promise.all(own.slice(10, 20).map(create));
        for (const name of own.slice(20)) await create(name);
      }),
    );
    const expected = names.map((_, index) => String(index + 1));
    expect(await Promise.all(watched)).toEqual([expected, expected]);
  });
});
