import { describe, expect, it } from '@jest/globals';
import { type CacheEvent, ClosedError, ExpiredError, type Logger, type ObjectCache, openCache, type Session } from '../src/index.js';
import { sessionDraft, templateDraft, withPhase, withPort } from './support/drafts.js';
import { FrailStore } from './support/frail-store.js';
import { openTestStore } from './support/stores.js';
import { until } from './support/until.js';

const RETRY = { minMs: 1, maxMs: 4 };

function record(cache: ObjectCache<'Session'>): string[] {
  const told: string[] = [];
  cache.subscribe(({ type, object }) => told.push(`${type} ${object.metadata.name} ${object.metadata.resourceVersion}`));
  return told;
}

function recordLogs(): { logger: Logger; messages: string[] } {
  const messages: string[] = [];
  const log = (_fields: object, message: string) => messages.push(message);
  return { logger: { warn: log, error: log }, messages };
}

describe('a cache', () => {
  it('has what was there, by name and by uid, sorted, and follows what changes', async () => {
    const store = await openTestStore();
    const b = await store.create('Session', sessionDraft('b'));
    const cache = openCache(store, 'Session');
    const told = record(cache);
    await cache.ready();
    expect(cache.resourceVersion).toBe('1');
    const a = await store.create('Session', sessionDraft('a'));
    const changed = await store.update('Session', withPort(b, 9999));
    await until(() => cache.resourceVersion === '3');
    expect(cache.list()).toEqual([a, changed]);
    expect(cache.byUid(b.metadata.uid)).toEqual(changed);
    await store.delete('Session', 'a');
    await until(() => cache.get('a') === undefined);
    expect(cache.byUid(a.metadata.uid)).toBeUndefined();
    expect(cache.list()).toEqual([changed]);
    expect(told).toEqual(['ADDED b 1', 'ADDED a 2', 'MODIFIED b 3', 'DELETED a 4']);
    await cache.close();
  });

  it('has those with a label apart, and tells what an object was before', async () => {
    const store = await openTestStore();
    const cache = openCache(store, 'Session');
    await cache.ready();
    const before: (string | undefined)[] = [];
    cache.subscribe((event) => before.push(event.before?.metadata.labels.pool));
    const named = () => cache.labelled('pool').map(({ metadata }) => `${metadata.name} ${metadata.labels.pool}`);
    const draft = sessionDraft('a');
    const a = await store.create('Session', { ...draft, metadata: { ...draft.metadata, labels: { pool: 'one', other: '' } } });
    await store.create('Session', sessionDraft('b'));
    await until(() => cache.resourceVersion === '2');
    expect(named()).toEqual(['a one']);
    const renamed = await store.rename('Session', { ...a, metadata: { ...a.metadata, labels: { pool: 'two' } } }, 'c');
    await until(() => cache.resourceVersion === '3');
    expect([named(), cache.labelled('other')]).toEqual([['c two'], []]);
    await store.update('Session', { ...renamed, metadata: { ...renamed.metadata, labels: {} } });
    await until(() => cache.resourceVersion === '4');
    expect([named(), cache.get('c')?.metadata.uid]).toEqual([[], a.metadata.uid]);
    await store.delete('Session', 'c');
    await until(() => cache.resourceVersion === '5');
    expect(before).toEqual([undefined, undefined, 'one', 'two', undefined]);
    await cache.close();
  });

  it('hands out what nobody can change', async () => {
    const store = await openTestStore();
    await store.create('Session', sessionDraft('a'));
    const cache = openCache(store, 'Session');
    await cache.ready();
    const session = cache.get('a');
    expect(() => {
      if (session !== undefined) session.spec.launch.env.EVIL = 'yes';
    }).toThrow(TypeError);
    cache.list().pop();
    expect(cache.list()).toHaveLength(1);
    await cache.close();
  });

  it('does not mind a listener that throws', async () => {
    const store = await openTestStore();
    const { logger, messages } = recordLogs();
    const cache = openCache(store, 'Session', { logger });
    cache.subscribe(() => {
      throw new Error('not my day');
    });
    const told = record(cache);
    await store.create('Session', sessionDraft('a'));
    await until(() => told.length === 1);
    expect(messages).toEqual(['a listener of the cache failed']);
    await cache.close();
  });

  it('tells nobody who has unsubscribed', async () => {
    const store = await openTestStore();
    const cache = openCache(store, 'Session');
    const first: CacheEvent<'Session'>[] = [];
    const unsubscribe = cache.subscribe((event) => first.push(event));
    const told = record(cache);
    await store.create('Session', sessionDraft('a'));
    await until(() => told.length === 1);
    unsubscribe();
    await store.create('Session', sessionDraft('b'));
    await until(() => told.length === 2);
    expect(first).toHaveLength(1);
    await cache.close();
  });
});

describe('a cache whose store fails', () => {
  it('tries again until it is filled', async () => {
    const frail = new FrailStore(await openTestStore());
    frail.listErrors.push(new Error('one'), new Error('two'));
    await frail.store.create('Session', sessionDraft('a'));
    const { logger, messages } = recordLogs();
    const cache = openCache(frail.store, 'Session', { retry: RETRY, logger });
    await cache.ready();
    expect(cache.get('a')).toBeDefined();
    expect([frail.lists, messages.length]).toEqual([3, 2]);
    await cache.close();
  });

  it.each([new ExpiredError('too old'), new Error('the disk hiccups')])('lists again after %p and tells what it missed', async (error) => {
    const frail = new FrailStore(await openTestStore());
    const { store } = frail;
    const gone = await store.create('Session', sessionDraft('gone'));
    const remade = await store.create('Session', sessionDraft('remade'));
    const changed = await store.create('Session', sessionDraft('changed'));
    await store.create('Session', sessionDraft('same'));
    const cache = openCache(store, 'Session', { retry: { minMs: 1, maxMs: 1 } });
    await cache.ready();
    const told = record(cache);
    // The watch breaks before it tells any of these, and the list comes after them.
    frail.listsAfter = Promise.all([
      store.delete('Session', gone.metadata.name),
      store.delete('Session', remade.metadata.name),
      store.create('Session', sessionDraft('remade')),
      store.update('Session', withPort(changed, 9999)),
    ]);
    frail.breakWatches(error);
    await frail.listsAfter;
    await until(() => cache.get('changed')?.spec.launch.port === 9999);
    const { items, resourceVersion } = await store.list('Session');
    expect(cache.list()).toEqual(items);
    expect(cache.resourceVersion).toBe(resourceVersion);
    expect([...told].sort()).toEqual(['ADDED remade 7', 'DELETED gone 1', 'DELETED remade 2', 'MODIFIED changed 8']);
    expect(told.indexOf('DELETED remade 2')).toBeLessThan(told.indexOf('ADDED remade 7'));
    expect(cache.byUid(remade.metadata.uid)).toBeUndefined();
    await cache.close();
  });

  it('stops when the store was closed', async () => {
    const store = await openTestStore();
    const cache = openCache(store, 'Session', { retry: RETRY });
    await cache.ready();
    const waiting = cache.waitFor('a', () => true);
    await store.close();
    expect(await waiting).toBeUndefined();
  });
});

describe('ready', () => {
  it('rejects where the cache is closed before it is filled', async () => {
    const frail = new FrailStore(await openTestStore());
    frail.listErrors.push(...Array.from({ length: 1_000 }, () => new Error('never')));
    const signal = new AbortController();
    const cache = openCache(frail.store, 'Session', { retry: RETRY, signal: signal.signal });
    const ready = cache.ready();
    signal.abort();
    await expect(ready).rejects.toBeInstanceOf(ClosedError);
    await cache.close();
    await expect(openCache(frail.store, 'Session', { signal: AbortSignal.abort() }).ready()).rejects.toBeInstanceOf(ClosedError);
  });
});

describe('waitFor', () => {
  const isReady = ({ status }: Session) => status.phase === 'Ready';

  it('answers the object once the predicate holds, at once where it does', async () => {
    const store = await openTestStore();
    const cache = openCache(store, 'Session');
    const waiting = cache.waitFor('a', isReady);
    const session = await store.create('Session', sessionDraft('a'));
    await store.create('SessionTemplate', templateDraft('a'));
    const ready = await store.updateStatus('Session', withPhase(session, 'Ready'));
    expect(await waiting).toEqual(ready);
    expect(await cache.waitFor('a', isReady, { timeoutMs: 0 })).toEqual(ready);
    await cache.close();
  });

  it('answers undefined when time is up, the signal aborts, or the cache is closed', async () => {
    const store = await openTestStore();
    const cache = openCache(store, 'Session');
    await cache.ready();
    expect(await cache.waitFor('a', isReady, { timeoutMs: 1 })).toBeUndefined();
    expect(await cache.waitFor('a', isReady, { signal: AbortSignal.abort() })).toBeUndefined();
    const abort = new AbortController();
    const aborted = cache.waitFor('a', isReady, { signal: abort.signal });
    abort.abort();
    expect(await aborted).toBeUndefined();
    const closed = cache.waitFor('a', isReady);
    await cache.close();
    expect(await closed).toBeUndefined();
  });

  it('rejects with what the predicate throws', async () => {
    const store = await openTestStore();
    const cache = openCache(store, 'Session');
    const waiting = cache.waitFor('a', () => {
      throw new Error('no idea');
    });
    await Promise.all([store.create('Session', sessionDraft('a')), expect(waiting).rejects.toThrow('no idea')]);
    await cache.close();
  });
});
