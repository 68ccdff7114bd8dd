import { describe, expect, it } from '@jest/globals';
import { AlreadyExistsError, ClosedError, ConflictError, InvalidError, NotFoundError, openCache } from '../src/index.js';
import { sessionDraft, templateDraft, withFinalizers, withPhase, withPort } from './support/drafts.js';
import { openTestStore } from './support/stores.js';

const NOW = new Date('2030-01-31T12:00:00.000Z');

describe('create', () => {
  it('gives identity and defaults, and answers what get answers', async () => {
    const store = await openTestStore({ now: () => NOW, uid: () => '6f0d4f0e-8f1c-4c55-9f5e-0b8f8d1c2a11' });
    const session = await store.create('Session', sessionDraft('ada'));
    expect(session.metadata).toEqual({
      name: 'ada',
      uid: '6f0d4f0e-8f1c-4c55-9f5e-0b8f8d1c2a11',
      generation: 1,
      resourceVersion: '1',
      creationTimestamp: NOW.toISOString(),
      finalizers: [],
      labels: {},
      annotations: {},
    });
    expect(session).toMatchObject({ apiVersion: 'mooring.dev/v1', kind: 'Session' });
    expect(session.spec).toMatchObject({ running: true, launch: { port: 8888, env: {} }, probe: { path: '/narrative/api/status' } });
    expect(session.status).toEqual({ phase: 'Pending', conditions: [] });
    expect(await store.get('Session', 'ada')).toEqual(session);
  });

  it('refuses a second object of the same name, but not of another kind', async () => {
    const store = await openTestStore();
    await store.create('Session', sessionDraft('ada'));
    await expect(store.create('Session', sessionDraft('ada'))).rejects.toBeInstanceOf(AlreadyExistsError);
    await expect(store.create('SessionTemplate', templateDraft('ada'))).resolves.toMatchObject({ kind: 'SessionTemplate' });
  });

  it('refuses what is not valid and keeps nothing of it', async () => {
    const store = await openTestStore();
    await expect(store.create('Session', sessionDraft('-ada-'))).rejects.toBeInstanceOf(InvalidError);
    expect(await store.list('Session')).toEqual({ items: [], resourceVersion: '0' });
  });

  it('takes one sequence of resourceVersions over all kinds', async () => {
    const store = await openTestStore();
    await store.create('Session', sessionDraft('b'));
    await store.create('SessionTemplate', templateDraft('t'));
    await store.create('Session', sessionDraft('a'));
    const { items, resourceVersion } = await store.list('Session');
    expect(items.map(({ metadata }) => [metadata.name, metadata.resourceVersion])).toEqual([
      ['a', '3'],
      ['b', '1'],
    ]);
    expect(resourceVersion).toBe('3');
  });
});

describe('update', () => {
  it('raises the generation only where the spec changed', async () => {
    const store = await openTestStore();
    const first = await store.create('Session', sessionDraft('ada'));
    const labelled = await store.update('Session', { ...first, metadata: { ...first.metadata, labels: { tier: 'one' } } });
    expect(labelled.metadata).toMatchObject({ generation: 1, resourceVersion: '2', labels: { tier: 'one' } });
    const moved = await store.update('Session', withPort(labelled, 9999));
    expect(moved.metadata).toMatchObject({ generation: 2, resourceVersion: '3' });
    expect(await store.get('Session', 'ada')).toEqual(moved);
  });

  it('leaves the status as it is stored', async () => {
    const store = await openTestStore();
    const session = await store.create('Session', sessionDraft('ada'));
    const updated = await store.update('Session', withPhase(withPort(session, 9999), 'Ready'));
    expect(updated.status.phase).toBe('Pending');
  });

  it('writes nothing where nothing changed', async () => {
    const store = await openTestStore();
    const session = await store.create('Session', sessionDraft('ada'));
    expect(await store.update('Session', structuredClone(session))).toEqual(session);
    expect(await store.updateStatus('Session', structuredClone(session))).toEqual(session);
    expect((await store.list('Session')).resourceVersion).toBe('1');
  });

  it('refuses an old resourceVersion, even to change nothing', async () => {
    const store = await openTestStore();
    const session = await store.create('Session', sessionDraft('ada'));
    await store.update('Session', withPort(session, 9999));
    await expect(store.update('Session', withPort(session, 7777))).rejects.toBeInstanceOf(ConflictError);
    await expect(store.updateStatus('Session', session)).rejects.toBeInstanceOf(ConflictError);
    expect((await store.get('Session', 'ada'))?.spec.launch.port).toBe(9999);
  });

  it('refuses what was made for an earlier object of the same name', async () => {
    const store = await openTestStore();
    const earlier = await store.create('Session', sessionDraft('ada'));
    await store.delete('Session', 'ada');
    await expect(store.update('Session', withPort(earlier, 9999))).rejects.toBeInstanceOf(NotFoundError);
    const later = await store.create('Session', sessionDraft('ada'));
    const mixed = { ...earlier, metadata: { ...earlier.metadata, resourceVersion: later.metadata.resourceVersion } };
    await expect(store.update('Session', mixed)).rejects.toBeInstanceOf(ConflictError);
  });

  it.each(['creationTimestamp', 'deletionTimestamp'])('refuses to change metadata.%s', async (field) => {
    const store = await openTestStore();
    const session = await store.create('Session', sessionDraft('ada'));
    const changed = { ...session, metadata: { ...session.metadata, [field]: '2031-01-01T00:00:00.000Z' } };
    await expect(store.update('Session', changed)).rejects.toMatchObject({
      code: 'Invalid',
      fields: [{ path: `metadata.${field}`, message: expect.stringContaining("can't be changed") }],
    });
  });

  it('refuses what is not valid', async () => {
    const store = await openTestStore();
    const session = await store.create('Session', sessionDraft('ada'));
    await expect(store.update('Session', withPort(session, 70_000))).rejects.toMatchObject({ fields: [{ path: 'spec.launch.port' }] });
    expect(await store.get('Session', 'ada')).toEqual(session);
  });
});

describe('updateStatus', () => {
  it('writes the status only', async () => {
    const store = await openTestStore();
    const session = await store.create('Session', sessionDraft('ada'));
    const updated = await store.updateStatus('Session', withPhase(withPort(session, 9999), 'Ready'));
    expect(updated).toEqual({
      ...session,
      metadata: { ...session.metadata, resourceVersion: '2' },
      status: { phase: 'Ready', conditions: [] },
    });
  });
});

describe('delete', () => {
  it('removes at once where there is no finalizer, and what is not there is no error', async () => {
    const store = await openTestStore();
    await store.create('Session', sessionDraft('ada'));
    await store.delete('Session', 'ada');
    expect(await store.get('Session', 'ada')).toBeUndefined();
    await expect(store.delete('Session', 'ada')).resolves.toBeUndefined();
  });

  it('waits for the last finalizer', async () => {
    const store = await openTestStore({ now: () => NOW });
    await store.create('Session', sessionDraft('ada', { finalizers: ['x/one', 'x/two'] }));
    await store.delete('Session', 'ada', { annotations: { 'x/why': 'first' } });
    await store.delete('Session', 'ada', { annotations: { 'x/why': 'again' } });
    const going = await store.get('Session', 'ada');
    if (going === undefined) throw new Error('it went too early');
    expect(going.metadata).toMatchObject({
      deletionTimestamp: NOW.toISOString(),
      resourceVersion: '2',
      annotations: { 'x/why': 'first' },
    });
    const half = await store.update('Session', withFinalizers(going, ['x/two']));
    await expect(store.update('Session', withFinalizers(half, ['x/two', 'x/three']))).rejects.toMatchObject({
      fields: [{ path: 'metadata.finalizers' }],
    });
    await store.update('Session', withFinalizers(half, []));
    expect(await store.get('Session', 'ada')).toBeUndefined();
  });

  it('keeps to its preconditions', async () => {
    const store = await openTestStore();
    const { metadata } = await store.create('Session', sessionDraft('ada'));
    const other = '6f0d4f0e-8f1c-4c55-9f5e-0b8f8d1c2a11';
    await expect(store.delete('Session', 'ada', { uid: other })).rejects.toBeInstanceOf(ConflictError);
    await expect(store.delete('Session', 'ada', { resourceVersion: '99' })).rejects.toBeInstanceOf(ConflictError);
    expect(await store.get('Session', 'ada')).toBeDefined();
    await store.delete('Session', 'ada', { uid: metadata.uid, resourceVersion: metadata.resourceVersion });
    expect(await store.get('Session', 'ada')).toBeUndefined();
  });
});

describe('secrets', () => {
  it('go with their object, by delete and by the last finalizer', async () => {
    const store = await openTestStore();
    const plain = await store.create('Session', sessionDraft('plain'), { secret: 'a'.repeat(64) });
    const held = await store.create('Session', sessionDraft('held', { finalizers: ['x/one'] }), { secret: 'b'.repeat(64) });
    expect(await store.secret(plain.metadata.uid)).toBe('a'.repeat(64));
    await store.delete('Session', 'plain');
    expect(await store.secret(plain.metadata.uid)).toBeUndefined();
    await store.delete('Session', 'held');
    expect(await store.secret(held.metadata.uid)).toBe('b'.repeat(64));
    const going = await store.get('Session', 'held');
    await store.update('Session', withFinalizers(going ?? held, []));
    expect(await store.secret(held.metadata.uid)).toBeUndefined();
  });

  it('are in no object', async () => {
    const store = await openTestStore();
    await store.create('Session', sessionDraft('ada'), { secret: 'c'.repeat(64) });
    expect(JSON.stringify(await store.list('Session'))).not.toContain('ccc');
  });

  it.each(['', 'with space', 'line\nbreak'])('must be able to travel in a header: %j', async (secret) => {
    const store = await openTestStore();
    const creation = store.create('Session', sessionDraft('ada'), { secret });
    await expect(creation).rejects.toMatchObject({ fields: [{ path: 'secret' }] });
    expect(await store.get('Session', 'ada')).toBeUndefined();
  });
});

describe('close', () => {
  it('finishes what was begun, and refuses what comes later', async () => {
    const store = await openTestStore();
    const begun = Array.from({ length: 20 }, (_, index) => store.create('Session', sessionDraft(`s${index}`)));
    const closing = store.close();
    const outcomes = await Promise.allSettled(begun);
    await closing;
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    await expect(store.get('Session', 's1')).rejects.toBeInstanceOf(ClosedError);
    await expect(store.ping()).rejects.toBeInstanceOf(ClosedError);
  });
});

describe('ping', () => {
  it('writes nothing', async () => {
    const store = await openTestStore();
    await store.ping();
    expect((await store.list('Session')).resourceVersion).toBe('0');
  });
});

describe('rename', () => {
  it('gives another name in one write; uid and secret stay, and the old name is free', async () => {
    const store = await openTestStore();
    const warm = await store.create('Session', sessionDraft('warm-1'), { secret: 'ab'.repeat(32) });
    const changed = { ...warm, spec: { ...warm.spec, owner: { name: 'bea' } } };
    const claimed = await store.rename('Session', changed, 'narrative-ada');
    expect(claimed.metadata).toMatchObject({ name: 'narrative-ada', uid: warm.metadata.uid, generation: 2, resourceVersion: '2' });
    expect(claimed.spec.owner.name).toBe('bea');
    expect(await store.get('Session', 'warm-1')).toBeUndefined();
    expect(await store.get('Session', 'narrative-ada')).toEqual(claimed);
    expect(await store.secret(warm.metadata.uid)).toBe('ab'.repeat(32));
    await expect(store.create('Session', sessionDraft('warm-1'))).resolves.toBeDefined();
  });

  it('lets one of two who want the same object have it, and one of two who want the same name', async () => {
    const store = await openTestStore();
    const [one, two] = await Promise.all([store.create('Session', sessionDraft('one')), store.create('Session', sessionDraft('two'))]);
    await store.rename('Session', one, 'ada');
    await expect(store.rename('Session', one, 'bob')).rejects.toBeInstanceOf(NotFoundError);
    await expect(store.rename('Session', two, 'ada')).rejects.toBeInstanceOf(AlreadyExistsError);
    await store.update('Session', withPort(two, 9999));
    await expect(store.rename('Session', two, 'bob')).rejects.toBeInstanceOf(ConflictError);
    expect((await store.list('Session')).items.map(({ metadata }) => metadata.name)).toEqual(['ada', 'two']);
  });

  it('is refused for what is being deleted, and for a name that is none', async () => {
    const store = await openTestStore();
    const created = await store.create('Session', sessionDraft('ada'));
    const session = await store.update('Session', withFinalizers(created, ['a/b']));
    await expect(store.rename('Session', session, '-ada-')).rejects.toBeInstanceOf(InvalidError);
    await store.delete('Session', 'ada');
    const going = await store.get('Session', 'ada');
    await expect(store.rename('Session', going as typeof session, 'bob')).rejects.toBeInstanceOf(ConflictError);
  });

  it('is told to watchers as a change of the same object, which caches then know by its new name only', async () => {
    const store = await openTestStore();
    const cache = openCache(store, 'Session');
    await cache.ready();
    const warm = await store.create('Session', sessionDraft('warm-1'));
    await cache.waitFor('warm-1', () => true, { timeoutMs: 5000 });
    const told: string[] = [];
    cache.subscribe(({ type, object }) => told.push(`${type} ${object.metadata.name}`));
    await store.rename('Session', warm, 'ada');
    await cache.waitFor('ada', () => true, { timeoutMs: 5000 });
    expect(told).toEqual(['MODIFIED ada']);
    expect(cache.get('warm-1')).toBeUndefined();
    expect(cache.byUid(warm.metadata.uid)?.metadata.name).toBe('ada');
    expect(cache.list()).toHaveLength(1);
    await cache.close();
  });
});

describe('wasDeleted', () => {
  it('remembers by uid what is gone, and nothing that is there or only being deleted', async () => {
    const store = await openTestStore();
    const [gone, going, there] = [
      await store.create('Session', sessionDraft('gone')),
      await store.create('Session', { ...sessionDraft('going'), metadata: { name: 'going', finalizers: ['a'] } }),
      await store.create('Session', sessionDraft('there')),
    ];
    await store.delete('Session', 'gone');
    await store.delete('Session', 'going');
    await store.compact(0);
    expect(await Promise.all([gone, going, there].map(({ metadata }) => store.wasDeleted(metadata.uid)))).toEqual([true, false, false]);
  });
});
