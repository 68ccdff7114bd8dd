import { describe, expect, it } from '@jest/globals';
import { ExpiredError, InvalidError, type Store, type WatchEvent } from '../src/index.js';
import { sessionDraft, templateDraft, withFinalizers, withPort } from './support/drafts.js';
import { openTestStore } from './support/stores.js';
import { until } from './support/until.js';

interface Watched {
  events: WatchEvent<'Session'>[];
  ended: Promise<void>;
  stop: () => void;
}

function watchSessions(store: Store, resourceVersion: string): Watched {
  const controller = new AbortController();
  const events: WatchEvent<'Session'>[] = [];
  const run = async () => {
    for await (const event of store.watch('Session', { resourceVersion, signal: controller.signal })) events.push(event);
  };
  return { events, ended: run(), stop: () => controller.abort() };
}

function summary({ type, object, resourceVersion }: WatchEvent<'Session'>): string {
  return `${resourceVersion} ${type} ${object.metadata.name}`;
}

describe('watch', () => {
  it('tells past and coming changes of its kind, in order', async () => {
    const store = await openTestStore();
    const session = await store.create('Session', sessionDraft('a', { finalizers: ['x/one'] }));
    const watched = watchSessions(store, '0');
    await until(() => watched.events.length === 1);
    await store.create('SessionTemplate', templateDraft('t'));
    await store.update('Session', withPort(session, 9999));
    await store.delete('Session', 'a');
    const going = await store.get('Session', 'a');
    await store.update('Session', withFinalizers(going ?? session, []));
    await until(() => watched.events.length === 4);
    expect(watched.events.map(summary)).toEqual(['1 ADDED a', '3 MODIFIED a', '4 MODIFIED a', '5 DELETED a']);
    expect(watched.events[3]?.object).toMatchObject({
      metadata: { resourceVersion: '5', finalizers: [] },
      spec: { launch: { port: 9999 } },
    });
    watched.stop();
    await watched.ended;
  });

  it('tells every watcher each change once, over many pages and while writes go on', async () => {
    const store = await openTestStore();
    const early = watchSessions(store, '0');
    for (let index = 0; index < 150; index += 1) await store.create('Session', sessionDraft(`s${index}`));
    const late = watchSessions(store, '20');
    await Promise.all(Array.from({ length: 120 }, (_, index) => store.delete('Session', `s${index}`)));
    await until(() => early.events.length === 270 && late.events.length === 250);
    const versions = early.events.map(({ resourceVersion }) => Number(resourceVersion));
    expect(versions).toEqual(Array.from({ length: 270 }, (_, index) => index + 1));
    expect(late.events).toEqual(early.events.slice(20));
    for (const watched of [early, late]) watched.stop();
    await Promise.all([early.ended, late.ended]);
  });

  it('ends without an error when its signal aborts, before or during', async () => {
    const store = await openTestStore();
    const watched = watchSessions(store, '0');
    watched.stop();
    await expect(watched.ended).resolves.toBeUndefined();
    expect(watched.events).toEqual([]);
  });

  it('ends without an error when the store is closed', async () => {
    const store = await openTestStore();
    const watched = watchSessions(store, '0');
    await store.create('Session', sessionDraft('a'));
    await until(() => watched.events.length === 1);
    await store.close();
    await expect(watched.ended).resolves.toBeUndefined();
  });

  it('says expired for what the log has forgotten, not for what it still has', async () => {
    const store = await openTestStore();
    for (let index = 0; index < 10; index += 1) await store.create('Session', sessionDraft(`s${index}`));
    expect(await store.compact(4)).toBe(6);
    expect(await store.compact(4)).toBe(0);
    for (const expired of ['0', '5']) await expect(watchSessions(store, expired).ended).rejects.toBeInstanceOf(ExpiredError);
    const watched = watchSessions(store, '6');
    await until(() => watched.events.length === 4);
    expect(watched.events.map(summary)).toEqual(['7 ADDED s6', '8 ADDED s7', '9 ADDED s8', '10 ADDED s9']);
    watched.stop();
    await watched.ended;
  });

  it('says expired for a version that the store never had', async () => {
    const store = await openTestStore();
    await expect(watchSessions(store, '1').ended).rejects.toBeInstanceOf(ExpiredError);
  });

  it.each(['', 'x', '-1', '1.5', '9'.repeat(30)])('refuses the resourceVersion %j', async (resourceVersion) => {
    const store = await openTestStore();
    await expect(watchSessions(store, resourceVersion).ended).rejects.toBeInstanceOf(InvalidError);
  });

  it('does not expire a watcher whose kind was quiet', async () => {
    const store = await openTestStore();
    const watched = watchSessions(store, '0');
    for (let index = 0; index < 20; index += 1) {
      await store.create('SessionTemplate', templateDraft(`t${index}`));
      await store.compact(1);
      // The watcher gets its turn after each write, as it does between the requests of a real process.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await store.create('Session', sessionDraft('a'));
    await until(() => watched.events.length === 1);
    watched.stop();
    await watched.ended;
  });

  it('tells a slow watcher that it expired rather than leave something out', async () => {
    const store = await openTestStore();
    for (let index = 0; index < 150; index += 1) await store.create('Session', sessionDraft(`s${index}`));
    const seen: number[] = [];
    const slow = async () => {
      for await (const { resourceVersion } of store.watch('Session', { resourceVersion: '0' })) {
        seen.push(Number(resourceVersion));
        if (seen.length === 10) await store.compact(0);
      }
    };
    await expect(slow()).rejects.toBeInstanceOf(ExpiredError);
    expect(seen).toEqual(seen.map((_, index) => index + 1));
  });
});

describe('compact', () => {
  it.each([-1, 0.5, Number.NaN])('refuses to keep %d changes', async (keep) => {
    const store = await openTestStore();
    await expect(store.compact(keep)).rejects.toBeInstanceOf(RangeError);
  });
});
