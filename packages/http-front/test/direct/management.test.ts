import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createMemoryStore, idlePolicySchema, type ObjectCache, openCache, type Session, type Store } from '@mooring/resources';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { Registry } from 'prom-client';
import { noteSecret } from '../../../../leaks/watch.js';
import { buildManagement } from '../../src/direct/management.js';
import { hashPassword } from '../../src/direct/passwords.js';
import { memoryLogger } from '../support/front.js';

const settings = {
  cookie: { name: 'instance', allowPlain: false },
  hosts: [],
  entryPoints: ['web'],
  tls: false,
  fallbackUrl: '/home',
  reserved: [],
  idlePolicy: idlePolicySchema.parse({ afterSeconds: 60, action: 'Stop' }),
  probe: { okStatus: 200, timeoutSeconds: 60, readyWithinSeconds: 90 },
};
const PASSWORDS = { bob: 'the-password-of-bob', eve: 'the-password-of-eve' };
for (const password of Object.values(PASSWORDS)) noteSecret(password);

describe('the management API', () => {
  let store: Store;
  let sessions: ObjectCache<'Session'>;
  let app: FastifyInstance;
  let now = 0;
  const users = new Map<string, string>();
  beforeEach(async () => {
    for (const [user, password] of Object.entries(PASSWORDS)) users.set(user, users.get(user) ?? (await hashPassword(password)));
    store = createMemoryStore();
    sessions = openCache(store, 'Session');
    await sessions.ready();
    now = Date.now();
    app = await buildManagement({
      store,
      sessions,
      settings,
      users: async () => users,
      tokens: { key: Buffer.alloc(32, 3), maxAgeSeconds: 60 },
      images: { names: ['mock-app'], has: (image) => image.startsWith('mock-app') },
      limits: { inAll: 3 },
      registry: new Registry(),
      now: () => now,
      logger: memoryLogger().logger,
    });
  });
  afterEach(async () => {
    await app.close();
    await sessions.close();
    await store.close();
  });

  const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, more: InjectOptions = {}) => app.inject({ method, url, ...more });
  const signIn = async (username: 'bob' | 'eve') => {
    const { token } = (await send('POST', '/login', { payload: { username, password: PASSWORDS[username] } })).json();
    noteSecret(token);
    return { token: token as string, prefer: 'wait=0' };
  };
  const deploy = async (headers: Record<string, string>, name = 'minion-1') => {
    const answer = await send('POST', '/deploy', { headers, payload: { name, image: 'mock-app:latest', labels: {}, envs: {} } });
    noteSecret(answer.json().cookie?.value.split('.')[1]);
    return answer;
  };
  const stopped = async (name: string): Promise<void> => {
    const session = (await store.get('Session', name)) as Session;
    await store.update('Session', { ...session, spec: { ...session.spec, running: false } });
    await sessions.waitFor(name, ({ spec }) => !spec.running, { timeoutMs: 5_000 });
  };

  it('refuses who has a wrong password, no token, a forged or an expired one', async () => {
    const wrong = await send('POST', '/login', { payload: { username: 'bob', password: PASSWORDS.eve } });
    expect([wrong.statusCode, wrong.json().message]).toEqual([401, 'login invalid']);
    const bob = await signIn('bob');
    for (const headers of [{}, { token: 'x' }, { token: `${bob.token}x` }])
      expect((await send('GET', '/deploy', { headers })).statusCode).toBe(401);
    expect((await send('GET', '/deploy', { headers: bob })).json()).toEqual({ instances: [] });
    now += 61_000;
    expect((await send('GET', '/deploy', { headers: bob })).json().message).toBe('token is expired');
  });

  it('lets nobody see, start or delete what another deployed, whose name is taken all the same', async () => {
    const [bob, eve] = [await signIn('bob'), await signIn('eve')];
    const { id } = (await deploy(bob)).json();
    await sessions.waitFor('minion-1', () => true, { timeoutMs: 5_000 });
    expect((await send('GET', '/deploy', { headers: eve })).json().instances).toEqual([]);
    for (const method of ['GET', 'PUT', 'DELETE'] as const)
      for (const path of ['minion-1', id]) expect((await send(method, `/deploy/${path}`, { headers: eve })).statusCode).toBe(404);
    expect((await deploy(eve)).statusCode).toBe(409);
    expect(await store.get('Session', 'minion-1')).toMatchObject({
      spec: { owner: { name: 'system:direct:bob' }, idlePolicy: { action: 'Stop' } },
    });
  });

  it("touches nobody's session that was not deployed here", async () => {
    const bob = await signIn('bob');
    await store.create('Session', {
      metadata: { name: 'narrative-bob-1' },
      spec: { owner: { name: 'bob' }, launch: { image: 'a:1' }, route: { type: 'none' } },
    });
    await sessions.waitFor('narrative-bob-1', () => true, { timeoutMs: 5_000 });
    expect((await send('DELETE', '/deploy/narrative-bob-1', { headers: bob })).statusCode).toBe(404);
    expect(await store.get('Session', 'narrative-bob-1')).toBeDefined();
  });

  it('starts what is stopped, in its shapes, and says so of what runs', async () => {
    const bob = await signIn('bob');
    const { id } = (await deploy(bob)).json();
    await sessions.waitFor('minion-1', () => true, { timeoutMs: 5_000 });
    const runs = await send('PUT', `/deploy/${id}`, { headers: bob });
    expect([runs.statusCode, runs.json().error]).toEqual([400, 'container is created']);
    await stopped('minion-1');
    expect((await send('PUT', `/deploy/${id}`, { headers: bob })).json()).toEqual({ id });
    expect((await store.get('Session', 'minion-1'))?.spec.running).toBe(true);
    expect((await send('DELETE', `/deploy/${id}`, { headers: bob })).json()).toEqual({ result: 'ok' });
    expect((await store.get('Session', 'minion-1'))?.metadata.deletionTimestamp).toBeDefined();
  });

  it('writes down which request asked for a container, for its start and its end, and says so', async () => {
    const asked = async () => (await store.get('Session', 'minion-1'))?.metadata.annotations['mooring.dev/request-id'];
    const bob = await signIn('bob');
    const deployed = await deploy(bob);
    expect([deployed.statusCode, await asked()]).toEqual([202, deployed.headers['x-request-id']]);
    await sessions.waitFor('minion-1', () => true, { timeoutMs: 5_000 });
    const url = `/deploy/${deployed.json().id}`;
    const refused = await send('PUT', url, { headers: bob });
    expect([refused.statusCode, refused.json().requestId]).toEqual([400, refused.headers['x-request-id']]);
    await stopped('minion-1');
    const started = await send('PUT', url, { headers: bob });
    expect([started.statusCode, await asked()]).toEqual([202, started.headers['x-request-id']]);
    const ended = await send('DELETE', url, { headers: bob });
    expect([ended.statusCode, await asked()]).toEqual([202, ended.headers['x-request-id']]);
  });

  it('deploys and starts no more than may run, however many ask at once', async () => {
    const bob = await signIn('bob');
    const answers = await Promise.all(Array.from({ length: 6 }, (_, number) => deploy(bob, `minion-${number}`)));
    const refused = answers.filter(({ statusCode }) => statusCode === 503);
    expect(refused).toHaveLength(3);
    expect(refused.map((answer) => [answer.headers['retry-after'], answer.json().code, typeof answer.json().error])).toEqual(
      Array(3).fill(['60', 'site-full', 'string']),
    );
    const running = (await store.list('Session')).items.map(({ metadata }) => metadata.name);
    expect(running).toHaveLength(3);
    const [first = ''] = running;
    await stopped(first);
    expect((await deploy(bob, 'one-more')).statusCode).toBe(202);
    const start = await send('PUT', `/deploy/${first}`, { headers: bob });
    expect([start.statusCode, start.json().code]).toEqual([503, 'site-full']);
  });

  it('takes a body of whatever type as JSON, and tells what is wrong with it', async () => {
    const bob = await signIn('bob');
    const headers = { ...bob, 'content-type': 'application/x-www-form-urlencoded' };
    const names = ['..', '.', '$x', 'a/b', 'a%2fb', '-a', 'a--b', 'ü', '🚢', 'a b', '', 'a'.repeat(64), 'a'.repeat(300)];
    const named = names.map((name) => JSON.stringify({ name, image: 'mock-app' }));
    for (const payload of ['{', '[]', '{"name":"a"}', '{"name":"a","image":"a b"}', ...named]) {
      const { statusCode, body } = await send('POST', '/deploy', { headers, payload });
      expect([payload, statusCode, typeof JSON.parse(body).error]).toEqual([payload, 400, 'string']);
    }
    const unknown = await send('POST', '/deploy', { headers, payload: '{"name":"a","image":"nobody/nothing:1"}' });
    expect([unknown.statusCode, unknown.json().error]).toEqual([400, expect.stringMatching(/no image nobody\/nothing:1 .*mock-app/)]);
    expect((await store.list('Session')).items).toEqual([]);
    const foreign = await send('POST', '/deploy', { headers: { ...headers, origin: 'https://evil.example' }, payload: '{}' });
    expect(foreign.statusCode).toBe(403);
  });
});
