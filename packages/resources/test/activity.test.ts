import { describe, expect, it } from '@jest/globals';
import { openStore, readSnapshot } from '../src/index.js';
import { sessionDraft } from './support/drafts.js';
import { openTestStore, temporaryPath } from './support/stores.js';

describe('what the idle detector remembers', () => {
  it('is nothing at first', async () => {
    const store = await openTestStore();
    expect(await store.activity()).toEqual({ observedAt: 0, memories: new Map() });
  });

  it('is kept, the newest by uid, and moves no resourceVersion', async () => {
    const store = await openTestStore();
    const ada = await store.create('Session', sessionDraft('ada'));
    const bob = await store.create('Session', sessionDraft('bob'));
    const { resourceVersion } = await store.list('Session');
    await store.saveActivity({
      observedAt: 1,
      memories: new Map([
        [ada.metadata.uid, '{"a":"1\'\\""}'],
        [bob.metadata.uid, '{}'],
      ]),
    });
    await store.saveActivity({ observedAt: 1_800_000_000_000, memories: new Map([[bob.metadata.uid, '{"b":2}']]) });
    expect(await store.activity()).toEqual({
      observedAt: 1_800_000_000_000,
      memories: new Map([
        [ada.metadata.uid, '{"a":"1\'\\""}'],
        [bob.metadata.uid, '{"b":2}'],
      ]),
    });
    expect((await store.list('Session')).resourceVersion).toBe(resourceVersion);
  });

  it('goes with its object, and is not kept of one that has gone', async () => {
    const store = await openTestStore();
    const ada = await store.create('Session', sessionDraft('ada'));
    const memories = new Map([[ada.metadata.uid, '{}']]);
    await store.saveActivity({ observedAt: 1, memories });
    await store.delete('Session', 'ada');
    expect((await store.activity()).memories.size).toBe(0);
    await store.saveActivity({ observedAt: 2, memories });
    expect(await store.activity()).toEqual({ observedAt: 2, memories: new Map() });
  });

  it('is there after the store was opened again, and in a snapshot', async () => {
    const path = await temporaryPath();
    const store = await openStore({ path });
    const ada = await store.create('Session', sessionDraft('ada'));
    const activity = { observedAt: 7, memories: new Map([[ada.metadata.uid, '{"a":1}']]) };
    await store.saveActivity(activity);
    await store.close();
    expect((await readSnapshot(path)).activity).toEqual(activity);
    const again = await openTestStore({ path });
    expect(await again.activity()).toEqual(activity);
  });
});
