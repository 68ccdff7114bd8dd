import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createMemoryStore,
  type Draft,
  IMPORTED_OWNER,
  instantiate,
  newSecret,
  type ObjectCache,
  openCache,
  POOL_LABEL,
  POOL_OWNER,
  type Session,
  type Store,
} from '@mooring/resources';
import { type AdmittingOptions, admittingStore } from '../../src/limits/admission.js';
import type { SessionLimits } from '../../src/limits/places.js';
import { sessionNames } from '../../src/narrative/names.js';
import { as, JSON_HEADERS, PAGE_HEADERS, type TestFront, template, testFront } from '../support/front.js';

const nameOf = (user: string): string => sessionNames('narrative-{}', user)[0] ?? '';

describe('people who come when no more sessions may run', () => {
  let front: TestFront;
  const open = async (limits: SessionLimits) => {
    front = await testFront({ settings: { sessionLimits: limits } });
  };
  afterEach(() => front.app.close());

  const visit = (user: string, headers = PAGE_HEADERS as Record<string, string>) => front.app.inject(as(user, { headers }));
  const refusals = async (limit: string) => {
    const metric = await front.registry.getSingleMetric('mooring_front_refused_total')?.get();
    return metric?.values.find(({ labels }) => labels.limit === limit)?.value;
  };

  it('are told that the site is full, as a page that tries again and as a problem, and nothing is begun', async () => {
    await open({ inAll: 1 });
    expect((await visit('ada')).statusCode).toBe(201);
    const page = await visit('bob');
    expect(page.statusCode).toBe(503);
    expect(page.headers['retry-after']).toBe('60');
    expect(page.headers['set-cookie']).toBeUndefined();
    expect(page.body).toContain('<meta http-equiv="refresh" content="60">');
    const told = await visit('bob', JSON_HEADERS);
    expect(told.json()).toMatchObject({ status: 503, code: 'site-full', detail: expect.stringContaining('tried again in a minute') });
    expect(front.store.all().map(({ spec }) => spec.owner.name)).toEqual(['ada']);
    expect(await refusals('sessions')).toBe(2);
  });

  it('are let at the session that they have, marked or failed or going', async () => {
    await open({ inAll: 1 });
    await visit('ada');
    front.store.makeReady(nameOf('ada'));
    expect((await visit('ada')).statusCode).toBe(201);
    front.store.mark(nameOf('ada'), Date.now() - 1_000);
    expect((await visit('ada')).statusCode).toBe(201);
    front.store.change(nameOf('ada'), ({ status }) => {
      status.phase = 'Failed';
    });
    expect((await visit('ada')).statusCode).toBe(201);
  });

  it('get the place of one that is stopped, which has to wait for one to be woken', async () => {
    await open({ inAll: 1 });
    await visit('ada');
    const stopped = front.store.change(nameOf('ada'), ({ spec }) => {
      spec.running = false;
    });
    expect((await visit('bob')).statusCode).toBe(201);
    expect((await visit('ada')).statusCode).toBe(503);
    expect(front.store.all().find(({ metadata }) => metadata.uid === stopped.metadata.uid)).toEqual(stopped);
    front.store.change(nameOf('bob'), ({ metadata }) => {
      metadata.deletionTimestamp = new Date().toISOString();
    });
    expect((await visit('ada')).statusCode).toBe(201);
    expect(front.store.all().find(({ metadata }) => metadata.uid === stopped.metadata.uid)?.spec.running).toBe(true);
  });

  it('get nobody’s warm session beyond the limit; those in the pool take no place', async () => {
    await open({ inAll: 1 });
    const warm = async () => {
      const waiting = instantiate(template, { name: 'warm', owner: POOL_OWNER });
      const metadata = { name: 'warm', labels: { [POOL_LABEL]: 'narrative' } };
      await front.store.create('Session', { ...waiting, metadata }, { secret: newSecret() });
      return front.store.makeReady('warm');
    };
    await warm();
    expect((await visit('ada')).statusCode).toBe(201);
    expect(front.store.all().map(({ metadata }) => metadata.name)).toEqual([nameOf('ada')]);
    const next = await warm();
    expect((await visit('bob')).statusCode).toBe(503);
    expect(front.store.all().find(({ metadata }) => metadata.name === 'warm')).toEqual(next);
  });

  it('can take over the session that was imported for them, which has its place already', async () => {
    await open({ inAll: 1, perPerson: 1 });
    await front.store.create('Session', instantiate(template, { name: nameOf('ada'), owner: IMPORTED_OWNER }), { secret: newSecret() });
    expect((await visit('ada')).statusCode).toBe(201);
    expect((await visit('bob')).statusCode).toBe(503);
  });

  it('are told which limit is their own', async () => {
    await open({ perPerson: 1 });
    await front.store.create('Session', instantiate(template, { name: 'another-of-ada', owner: 'ada' }));
    const told = await visit('ada', JSON_HEADERS);
    expect(told.json()).toMatchObject({
      status: 403,
      code: 'too-many-sessions',
      detail: expect.stringContaining('You have a notebook that runs'),
    });
    expect(told.headers['retry-after']).toBeUndefined();
    expect((await visit('bob')).statusCode).toBe(201);
    front.store.remove('another-of-ada');
    expect((await visit('ada')).statusCode).toBe(201);
    expect([await refusals('sessions_per_person'), await refusals('sessions')]).toEqual([1, 0]);
  });

  it('get the last place once, however many come at once, and however often each', async () => {
    await open({ inAll: 5, perPerson: 1 });
    const users = Array.from({ length: 40 }, (_, index) => `user${index}`);
    const answers = await Promise.all([...users, ...users].map(async (user) => ({ user, status: (await visit(user)).statusCode })));
    expect(front.store.all()).toHaveLength(5);
    const owners = new Set(front.store.all().map(({ spec }) => spec.owner.name));
    for (const { user, status } of answers) expect(status).toBe(owners.has(user) ? 201 : 503);
  });
});

describe('admittingStore over a real store, whose cache is behind', () => {
  let store: Store;
  let sessions: ObjectCache<'Session'>;

  beforeEach(async () => {
    store = createMemoryStore();
    sessions = openCache(store, 'Session');
    await sessions.ready();
  });
  afterEach(async () => {
    await sessions.close();
    await store.close();
  });

  const draft = (name: string, owner = name): Draft<'Session'> => ({
    ...instantiate(template, { name, owner }),
    metadata: { name, finalizers: ['x'] },
  });
  let now = 0;
  const admitting = (limits: SessionLimits, cache: AdmittingOptions['sessions'] = sessions) =>
    admittingStore({ store, sessions: cache, limits, refused: () => undefined, now: () => now });
  const code = (promise: Promise<unknown>) =>
    promise.then(
      () => 'written',
      (error: { code?: string }) => String(error.code),
    );
  const counting = async () =>
    (await store.list('Session')).items.filter(({ spec, metadata }) => spec.running && !metadata.deletionTimestamp);

  it('never lets more run than may, whatever is written at once', async () => {
    const limited = admitting({ inAll: 3, perPerson: 2 });
    for (let round = 0; round < 30; round += 1) {
      const owner = (index: number) => `owner${index % 3}`;
      await Promise.all([
        ...Array.from({ length: 6 }, (_, index) => code(limited.create('Session', draft(`s${(round + index) % 8}`, owner(index))))),
        ...(await store.list('Session')).items.map((session, index) => {
          const running = (round + index) % 2 === 0;
          if ((round + index) % 5 === 0) return code(store.delete('Session', session.metadata.name));
          return code(limited.update('Session', { ...session, spec: { ...session.spec, running } }));
        }),
      ]);
      const running = await counting();
      expect(running.length).toBeLessThanOrEqual(3);
      for (const each of [0, 1, 2]) expect(running.filter(({ spec }) => spec.owner.name === owner(each)).length).toBeLessThanOrEqual(2);
      for (const going of (await store.list('Session')).items.filter(({ metadata }) => metadata.deletionTimestamp))
        await code(store.update('Session', { ...going, metadata: { ...going.metadata, finalizers: [] } }));
    }
    // Places that came free are there again, once the cache has heard of it.
    for (const { metadata } of await counting()) {
      await store.delete('Session', metadata.name);
      await sessions.waitFor(metadata.name, (session) => session.metadata.deletionTimestamp !== undefined, { timeoutMs: 10_000 });
    }
    expect(await code(limited.create('Session', draft('last')))).toBe('written');
  });

  it('lets go of a place whose write failed', async () => {
    const limited = admitting({ inAll: 1 });
    await limited.create('Session', { ...draft('stopped'), spec: { ...draft('stopped').spec, running: false } });
    expect(await code(limited.create('Session', draft('stopped')))).toBe('AlreadyExists');
    expect(await code(limited.create('Session', draft('a')))).toBe('written');
    expect(await code(limited.create('Session', draft('b')))).toBe('site-full');
  });

  it('knows what ran before it, and follows a rename', async () => {
    await store.create('Session', draft('a'));
    await sessions.waitFor('a', () => true, { timeoutMs: 10_000 });
    const limited = admitting({ inAll: 1 });
    const session = sessions.get('a') as Session;
    expect(await code(limited.create('Session', draft('b')))).toBe('site-full');
    await store.rename('Session', session, 'c');
    await sessions.waitFor('c', () => true, { timeoutMs: 10_000 });
    expect(await code(limited.create('Session', draft('b')))).toBe('site-full');
    expect(await code(limited.create('Session', draft('c')))).toBe('AlreadyExists');
  });

  it('finds out after a while that a session is gone of which the cache never heard', async () => {
    const deaf = { get: () => undefined, byUid: () => undefined, labelled: () => [], list: () => [], subscribe: () => () => undefined };
    const limited = admitting({ inAll: 1 }, deaf);
    const session = await limited.create('Session', { ...draft('a'), metadata: { name: 'a' } });
    await store.delete('Session', session.metadata.name);
    expect(await code(limited.create('Session', draft('b')))).toBe('site-full');
    now += 30_001;
    expect(await code(limited.create('Session', draft('b')))).toBe('written');
  });

  it('passes on what is no session, and reads', async () => {
    const limited = admitting({ inAll: 1 });
    await limited.create('SessionTemplate', {
      metadata: { name: 'narrative' },
      spec: { image: { name: 'a/b', tag: '1' }, launch: {}, route: { type: 'cookie' } },
    });
    expect((await limited.get('SessionTemplate', 'narrative'))?.metadata.name).toBe('narrative');
    expect(admitting({})).toBe(store);
  });
});
