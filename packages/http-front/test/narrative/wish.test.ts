import { describe, expect, it } from '@jest/globals';
import { IMPORTED_OWNER, ImageUnknownError } from '@mooring/resources';
import { sessionNames } from '../../src/narrative/names.js';
import { recordWish } from '../../src/narrative/wish.js';
import { template } from '../support/front.js';
import { MemoryStore } from '../support/memory-store.js';
import { deps, NOW } from '../support/wish-deps.js';

const ada = { user: 'ada', ip: '127.0.0.1' };
const [NAME = '', LONGER = ''] = sessionNames('narrative-{}', 'ada');

describe('recordWish', () => {
  it('takes a longer name where somebody else has the first, and finds it again', async () => {
    const { memory, ...rest } = deps();
    await recordWish(ada, rest);
    memory.change(NAME, (session) => {
      session.spec.owner.name = 'mallory';
    });
    const one = await recordWish(ada, rest);
    expect(one.session.metadata.name).toBe(LONGER);
    expect((await recordWish(ada, rest)).session.metadata.uid).toBe(one.session.metadata.uid);
  });

  it('makes another cookie for each new session, and keeps it while the session lasts', async () => {
    const { memory, ...rest } = deps();
    const secrets = new Set<string>();
    for (let session = 0; session < 5; session += 1) {
      const { secret } = await recordWish(ada, rest);
      expect((await recordWish(ada, rest)).secret).toBe(secret);
      expect(secret).toMatch(/^[0-9a-f]{64}$/);
      secrets.add(secret);
      memory.remove(NAME);
    }
    expect(secrets.size).toBe(5);
  });

  it('gives an imported session to the person whose first name it has, as it is', async () => {
    const { memory, ...rest } = deps();
    const before = await recordWish(ada, rest);
    memory.change(NAME, (session) => {
      session.spec.owner.name = IMPORTED_OWNER;
      session.spec.running = false;
    });
    const { session, secret } = await recordWish({ ...ada, ip: '192.0.2.9' }, rest);
    expect([session.metadata.uid, secret]).toEqual([before.session.metadata.uid, before.secret]);
    expect(session).toMatchObject({ metadata: { annotations: { 'mooring.dev/client-ip': '192.0.2.9' } }, spec: { running: true } });
    expect(memory.all().map(({ spec }) => spec.owner.name)).toEqual(['ada']);
    // Nobody else gets it afterwards, and an imported session under a longer name is nobody's.
    memory.change(NAME, (changed) => {
      changed.spec.owner.name = 'mallory';
    });
    await recordWish(ada, rest);
    memory.change(LONGER, (changed) => {
      changed.spec.owner.name = IMPORTED_OWNER;
    });
    await recordWish(ada, rest);
    expect(memory.all().find(({ metadata }) => metadata.name === LONGER)?.spec.owner.name).toBe(IMPORTED_OWNER);
  });

  it('gives an imported session to one of two who ask at once', async () => {
    const { memory, ...rest } = deps();
    await recordWish(ada, rest);
    memory.change(NAME, (session) => {
      session.spec.owner.name = IMPORTED_OWNER;
    });
    let writes = 0;
    memory.beforeWrite = () => {
      writes += 1;
      if (writes === 2) memory.change(NAME, () => {});
    };
    expect((await recordWish(ada, rest)).session.spec.owner.name).toBe('ada');
  });

  it('gives up where every name is somebody else’s', async () => {
    const { memory, ...rest } = deps();
    for (const name of sessionNames('narrative-{}', 'ada')) {
      await recordWish(ada, rest);
      memory.change(name, (session) => {
        session.spec.owner.name = 'mallory';
      });
    }
    await expect(recordWish(ada, rest)).rejects.toMatchObject({ status: 409, code: 'names-taken' });
  });

  it('creates anew where the cache still shows a session that is gone', async () => {
    const { memory, ...rest } = deps();
    const gone = await recordWish(ada, rest);
    memory.remove(NAME);
    const stale = {
      get: (name: string) => (name === NAME ? gone.session : undefined),
      byUid: () => undefined,
      labelled: () => [],
      list: () => [],
      subscribe: memory.cache.subscribe,
    };
    const berth = await recordWish(ada, { ...rest, sessions: stale });
    expect(berth.session.metadata.uid).not.toBe(gone.session.metadata.uid);
    expect(berth.secret).toMatch(/^[0-9a-f]{64}$/);
  });

  it('finds a session that the cache doesn’t show yet', async () => {
    const { memory, ...rest } = deps();
    const { session } = await recordWish(ada, rest);
    const blind = { get: () => undefined, byUid: () => undefined, labelled: () => [], list: () => [], subscribe: memory.cache.subscribe };
    expect((await recordWish(ada, { ...rest, sessions: blind })).session.metadata.uid).toBe(session.metadata.uid);
  });

  it('wakes though somebody else writes at the same moment', async () => {
    const { memory, ...rest } = deps();
    await recordWish(ada, rest);
    memory.change(NAME, (session) => {
      session.spec.running = false;
    });
    let writes = 0;
    memory.beforeWrite = () => {
      writes += 1;
      if (writes === 1) memory.change(NAME, () => {});
    };
    expect((await recordWish(ada, rest)).session.spec.running).toBe(true);
    expect(memory.all()[0]?.spec.running).toBe(true);
  });

  it('wakes once, for however many ask at once, though the cache is behind', async () => {
    const { memory, ...rest } = deps();
    await recordWish(ada, rest);
    const stopped = memory.change(NAME, (session) => {
      session.spec.running = false;
    });
    let writes = 0;
    memory.beforeWrite = () => {
      writes += 1;
    };
    const behind = { ...memory.cache, get: (name: string) => (name === NAME ? stopped : undefined) };
    const berths = await Promise.all(Array.from({ length: 20 }, () => recordWish(ada, { ...rest, sessions: behind })));
    expect(new Set(berths.map(({ session }) => session.metadata.resourceVersion)).size).toBe(1);
    expect(berths[0]?.session).toMatchObject({
      metadata: { uid: stopped.metadata.uid, generation: 2, annotations: { 'mooring.dev/wanted-at': '2030-01-02T03:04:05.678Z' } },
      spec: { running: true },
    });
    // Twenty tried, one wrote.
    expect(Number(berths[0]?.session.metadata.resourceVersion) - Number(stopped.metadata.resourceVersion)).toBe(1);
    expect(writes).toBe(20);
    await recordWish(ada, rest);
    expect(writes).toBe(20);
  });

  it('wakes with what the template says by now, though its version is not known at this moment', async () => {
    const { memory, ...rest } = deps();
    const { session } = await recordWish(ada, rest);
    const stop = () =>
      memory.change(NAME, ({ spec }) => {
        spec.running = false;
      });
    const newer = (image: typeof template.spec.image) => ({
      ...template,
      metadata: { ...template.metadata, generation: 4 },
      spec: { ...template.spec, image },
    });
    stop();
    const unknown = newer({ name: 'kbase/narrative', versionUrl: 'http://127.0.0.1/version' });
    expect((await recordWish(ada, { ...rest, templates: { get: () => unknown } })).session.spec).toEqual(session.spec);
    stop();
    const known = newer({ name: 'kbase/narrative', tag: '2' });
    const berth = await recordWish(ada, { ...rest, templates: { get: () => known } });
    expect(berth.session.spec).toMatchObject({ launch: { image: 'kbase/narrative:2' }, templateRef: { generation: 4 }, running: true });
    expect(berth.session.metadata.uid).toBe(session.metadata.uid);
  });

  it('undoes a mark in one write, and writes nothing about a session that is ready', async () => {
    const { memory, ...rest } = deps();
    await recordWish(ada, rest);
    const ready = memory.makeReady(NAME);
    expect((await recordWish(ada, rest)).session).toEqual(ready);
    const marked = memory.mark(NAME, NOW - 60_000);
    const { session } = await recordWish(ada, rest);
    expect(session.metadata.annotations['mooring.dev/wanted-at']).toBe('2030-01-02T03:04:05.678Z');
    expect(session.spec).toEqual(marked.spec);
    // The mark is the controller's to take away; until it has, nobody writes again.
    expect((await recordWish(ada, rest)).session).toEqual(session);
  });

  it('makes a new session where the one that was let go was deleted at the same moment', async () => {
    const { memory, ...rest } = deps();
    const gone = (await recordWish(ada, rest)).session.metadata.uid;
    memory.mark(NAME, NOW);
    memory.beforeWrite = () => {
      memory.beforeWrite = () => {};
      memory.remove(NAME);
    };
    const { session, secret } = await recordWish(ada, rest);
    expect(session.metadata.uid).not.toBe(gone);
    expect(await memory.secret(session.metadata.uid)).toBe(secret);
  });

  it('notes who comes, and when', async () => {
    const { memory, ...rest } = deps();
    const { session } = await recordWish(ada, rest);
    expect(rest.uses.last(session.metadata.uid)).toBe(NOW);
    await recordWish(ada, { ...rest, now: () => NOW + 5 });
    expect(rest.uses.last(session.metadata.uid)).toBe(NOW + 5);
  });

  it('says to come back where a session has no secret', async () => {
    const { memory, ...rest } = deps();
    await recordWish(ada, rest);
    memory.secret = async () => undefined;
    await expect(recordWish(ada, rest)).rejects.toMatchObject({ status: 503, code: 'session-changing' });
  });

  it('says to come back while there is no template', async () => {
    const { memory: _memory, ...rest } = deps();
    await expect(recordWish(ada, { ...rest, templates: { get: () => undefined } })).rejects.toMatchObject({
      status: 503,
      code: 'no-template',
      retryAfter: 2,
    });
  });

  it('says to come back while the version isn’t known', async () => {
    const spec = { ...template.spec, image: { name: 'kbase/narrative', versionUrl: 'http://127.0.0.1/version' } };
    const { memory, ...rest } = deps(new MemoryStore(), { ...template, spec });
    await expect(recordWish(ada, rest)).rejects.toMatchObject({
      status: 503,
      code: 'version-unknown',
      cause: expect.any(ImageUnknownError),
    });
    expect(memory.all()).toEqual([]);
  });
});
