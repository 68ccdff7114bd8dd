import { describe, expect, it } from '@jest/globals';
import { createMemoryStore, recordEvent, type Session } from '../src/index.js';
import { sessionDraft } from './support/drafts.js';
import { openTestStore } from './support/stores.js';

const HAPPENING = {
  reason: 'Marked',
  note: 'Nobody uses it.',
  reportingController: 'idle',
  readings: { jupyter: 'quiet: no kernel is busy' },
};
const DAY_MS = 24 * 60 * 60 * 1000;

describe('events', () => {
  it('tell what happened to whom, under a name of their own', async () => {
    const store = await openTestStore();
    const ada = await store.create('Session', sessionDraft('ada'));
    await recordEvent(store, ada, HAPPENING);
    await recordEvent(store, ada, { ...HAPPENING, note: 'x'.repeat(3000) });
    const { items } = await store.list('Event');
    expect(items.map(({ metadata }) => metadata.name)).toEqual([
      expect.stringMatching(/^ada-[0-9a-f]{16}$/),
      expect.stringMatching(/^ada-[0-9a-f]{16}$/),
    ]);
    const regarding = { kind: 'Session', name: 'ada', uid: ada.metadata.uid };
    expect(items.map(({ spec }) => spec)).toContainEqual({ ...HAPPENING, type: 'Normal', regarding });
    expect(items.find(({ spec }) => spec.note.length === 2048)).toBeDefined();
  });

  it('are found by whom they are about, the newest first, also when that is gone', async () => {
    const store = await openTestStore();
    const memory = createMemoryStore();
    for (const each of [store, memory]) {
      const [ada, bob] = [await each.create('Session', sessionDraft('ada')), await each.create('Session', sessionDraft('bob'))];
      await recordEvent(each, ada, HAPPENING);
      await recordEvent(each, bob, HAPPENING);
      await recordEvent(each, ada, { ...HAPPENING, reason: 'Unmarked' });
      await each.delete('Session', 'ada');
      const events = await each.eventsOf(ada.metadata.uid);
      expect(events.map(({ spec: { reason, regarding } }) => [reason, regarding.name])).toEqual([
        ['Unmarked', 'ada'],
        ['Marked', 'ada'],
      ]);
      expect(await each.eventsOf('00000000-0000-4000-8000-000000000000')).toEqual([]);
    }
  });

  it('have a valid name whatever the name of the object', async () => {
    const store = await openTestStore();
    const long = await store.create('Session', sessionDraft(`${'a'.repeat(45)}-${'b'.repeat(17)}`));
    await recordEvent(store, long, HAPPENING);
    expect((await store.list('Event')).items).toHaveLength(1);
  });

  it('go when they are a week old or more than fifty of one object, and watchers are told', async () => {
    let now = Date.parse('2030-01-01T00:00:00.000Z');
    const store = await openTestStore({ now: () => new Date(now) });
    const ada = await store.create('Session', sessionDraft('ada'));
    const bob = await store.create('Session', sessionDraft('bob'));
    await recordEvent(store, bob, HAPPENING);
    now += 6 * DAY_MS;
    for (let number = 0; number < 52; number++) await recordEvent(store, ada, { ...HAPPENING, note: `${number}` });
    const { resourceVersion } = await store.list('Event');
    await store.compact(1000);
    const notes = async (of: Session) =>
      (await store.list('Event')).items.flatMap(({ spec }) => (spec.regarding.uid === of.metadata.uid ? Number(spec.note) : []));
    expect((await notes(ada)).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, number) => number + 2));
    expect(await notes(bob)).toHaveLength(1);
    const watch = store.watch('Event', { resourceVersion })[Symbol.asyncIterator]();
    expect((await watch.next()).value).toMatchObject({ type: 'DELETED', object: { spec: { note: '0' } } });
    await watch.return?.();
    now += 2 * DAY_MS;
    await store.compact(1000);
    expect(await notes(bob)).toEqual([]);
    const rest = await store.list('Event');
    expect(rest.items).toHaveLength(50);
    await store.compact(1000);
    expect((await store.list('Event')).resourceVersion).toBe(rest.resourceVersion);
  });

  it('are not among the deletions that are remembered', async () => {
    const store = await openTestStore();
    const ada = await store.create('Session', sessionDraft('ada'));
    await recordEvent(store, ada, HAPPENING);
    const [event] = (await store.list('Event')).items;
    await store.delete('Event', event?.metadata.name ?? '');
    await store.delete('Session', 'ada');
    expect([await store.wasDeleted(event?.metadata.uid ?? ''), await store.wasDeleted(ada.metadata.uid)]).toEqual([false, true]);
  });
});
