import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMemoryStore, newSecret, type ObjectCache, openCache, type Session, type Store, signedInstance } from '@mooring/resources';
import { noteSecret } from '../../../../leaks/watch.js';
import { PAGE_HEADERS, type TestFront, testFront } from '../support/front.js';

const direct = {
  cookie: { name: 'instance', allowPlain: false },
  path: { prefix: '/apps' },
  hosts: [],
  entryPoints: ['web'],
  tls: false,
  fallbackUrl: '/home',
  reserved: ['/narrative*'],
};

describe('the door to containers that are asked for by their names', () => {
  let store: Store;
  let sessions: ObjectCache<'Session'>;
  let front: TestFront;
  let writes = 0;
  beforeEach(async () => {
    store = createMemoryStore();
    sessions = openCache(store, 'Session');
    await sessions.ready();
    writes = 0;
    const counting = new Proxy(store, {
      get: (target, key) => {
        if (key === 'update') writes += 1;
        const value = Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    front = await testFront({ store: counting, sessions, direct } as never);
  });
  afterEach(async () => {
    await front.app.close();
    await sessions.close();
    await store.close();
  });

  async function stopped(name: string, route: object): Promise<string> {
    const secret = newSecret();
    const value = signedInstance(name, secret);
    noteSecret(secret);
    noteSecret(value.split('.')[1]);
    const spec = { owner: { name: 'system:direct:bob' }, launch: { image: 'a:1' }, route, running: false } as never;
    await store.create('Session', { metadata: { name, annotations: { 'mooring.dev/stopped-because': 'It was slow.' } }, spec }, { secret });
    await sessions.waitFor(name, () => true, { timeoutMs: 5_000 });
    return value;
  }
  const get = (url: string, headers: Record<string, string>) => front.app.inject({ url, headers });
  const session = async (name: string) => (await store.get('Session', name)) as Session;

  it('wakes by the cookie, once however many ask, and forgets why it was stopped', async () => {
    const value = await stopped('minion-1', { type: 'instance', name: 'minion-1' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('/', { ...PAGE_HEADERS, cookie: `instance=${value}` })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(20).fill(202));
    expect(writes).toBe(1);
    const { spec, metadata } = await session('minion-1');
    expect([spec.running, metadata.annotations['mooring.dev/stopped-because']]).toEqual([true, undefined]);
    expect(answers.map(({ headers }) => headers['x-request-id'])).toContain(metadata.annotations['mooring.dev/request-id']);
  });

  it('leads who has another cookie, or the plain name, away, and wakes nobody', async () => {
    const own = await stopped('minion-1', { type: 'instance', name: 'minion-1' });
    const other = await stopped('minion-2', { type: 'instance', name: 'minion-2' });
    for (const cookie of ['minion-1', `minion-1.${other.split('.')[1]}`, `${own}0`, 'minion-3', `web.${'0'.repeat(64)}`]) {
      const { statusCode, headers } = await get('/', { ...PAGE_HEADERS, cookie: `instance=${cookie}` });
      expect([statusCode, headers.location]).toEqual([302, '/home']);
    }
    // There, it is not led there again.
    expect((await get('/home', { ...PAGE_HEADERS, cookie: 'instance=minion-1' })).statusCode).toBe(404);
    expect(writes).toBe(0);
  });

  it('answers what is no page, and wakes nobody for it', async () => {
    const value = await stopped('minion-1', { type: 'instance', name: 'minion-1' });
    const { statusCode, headers } = await get('/', { 'sec-fetch-mode': 'cors', cookie: `instance=${value}` });
    expect([statusCode, headers['retry-after'], writes]).toEqual([503, '5', 0]);
  });

  it("knows a path again that Traefik has changed before the page failed over, and nobody's but a path-routed one", async () => {
    await stopped('web-1', { type: 'path', path: '/apps/web-1' });
    const page = await get('/x?y=1', { ...PAGE_HEADERS, 'x-replaced-path': '/apps/web-1/x' });
    expect([page.statusCode, page.body.includes('data-target="/apps/web-1/x?y=1"')]).toEqual([202, true]);
    expect((await get('/x', { ...PAGE_HEADERS, 'x-forwarded-prefix': '/apps/web-1' })).statusCode).toBe(202);
    await stopped('minion-1', { type: 'instance', name: 'minion-1' });
    expect((await get('/apps/minion-1/', PAGE_HEADERS)).statusCode).toBe(404);
    expect((await session('minion-1')).spec.running).toBe(false);
    expect((await get('/apps/web-1/a%2fb', PAGE_HEADERS)).statusCode).toBe(400);
  });

  it('holds who prefers to wait no longer than that', async () => {
    const value = await stopped('minion-1', { type: 'instance', name: 'minion-1' });
    const { statusCode, headers } = await get('/', { accept: 'application/json', prefer: 'wait=0', cookie: `instance=${value}` });
    expect([statusCode, headers['preference-applied'], headers.location]).toEqual([202, 'wait=0', '/narrative_session/-/direct/minion-1']);
  });
});
