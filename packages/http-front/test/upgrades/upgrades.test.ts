import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ObjectCache, openCache, openStore, type Store } from '@mooring/resources';
import type { FastifyInstance } from 'fastify';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { noteSecret } from '../../../../leaks/watch.js';
import { buildUpgrades, type UpgradesOptions } from '../../src/upgrades/routes.js';

const KEYS = { token: 'a-token-for-those-who-publish', secret: 'a-secret-to-sign-bodies-with' };
for (const key of Object.values(KEYS)) noteSecret(key);
const DEFAULTS: UpgradesOptions['defaults'] = {
  selector: { labels: ['autoupdate.enable'], environments: ['dev'] },
  strategy: { atOnce: 3, environments: 'Together' },
  onFailure: 'rollback',
};

let store: Store;
let rollouts: ObjectCache<'Rollout'>;
let app: FastifyInstance;
let now: number;

async function open(keys: UpgradesOptions['keys'] = {}): Promise<void> {
  await app?.close();
  app = await buildUpgrades({ store, rollouts, defaults: DEFAULTS, keys, now: () => now, logger: quietLogger() });
}
beforeEach(async () => {
  now = Date.now();
  store = await openStore({ path: ':memory:' });
  rollouts = openCache(store, 'Rollout');
  await rollouts.ready();
  await open();
});
afterEach(async () => {
  await app.close();
  await rollouts.close();
  await store.close();
});

const BODY = { docker_image: 'docker:acme/web:2.0', confirm: true };
const post = (body: unknown = BODY, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url: '/upgrade', headers, payload: typeof body === 'string' ? body : JSON.stringify(body) });
const recorded = async () => (await store.list('Rollout')).items;

describe('POST /upgrade', () => {
  it('takes what rancher-service-updater takes, with its defaults, and answers at once where to look', async () => {
    const answer = await post({ docker_image: 'acme/web:2.0' });
    expect(answer.statusCode).toBe(200);
    const [rollout] = await recorded();
    expect(rollout?.spec).toEqual({
      ...DEFAULTS,
      image: 'acme/web:2.0',
      confirm: false,
      startFirst: false,
      timeoutSeconds: 30,
      canceled: false,
    });
    expect(answer.headers.location).toBe(`/upgrade/${rollout?.metadata.name}`);
    const asked = await app.inject({ url: String(answer.headers.location) });
    expect(asked.json()).toMatchObject({ image: 'acme/web:2.0', phase: 'Pending', services: [] });
  });

  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', undefined])(
    'reads a body that is said to be %s',
    async (type) => {
      const answer = await post({ ...BODY, start_first: true, timeout: 60 }, type === undefined ? {} : { 'content-type': type });
      expect(answer.statusCode).toBe(200);
      expect((await recorded())[0]?.spec).toMatchObject({ image: 'acme/web:2.0', confirm: true, startFirst: true, timeoutSeconds: 60 });
    },
  );

  it.each([
    [
      { push_data: { tag: '1.4' }, repository: { repo_name: 'acme/web' }, callback_url: 'https://registry.hub.docker.com/x' },
      'acme/web:1.4',
    ],
    [
      {
        action: 'published',
        package: { namespace: 'Acme', name: 'web', package_version: { container_metadata: { tag: { name: '1.5', digest: '' } } } },
      },
      'ghcr.io/acme/web:1.5',
    ],
    [
      {
        action: 'published',
        registry_package: { namespace: 'acme', name: 'web', package_version: { container_metadata: { tag: { name: '1.6' } } } },
      },
      'ghcr.io/acme/web:1.6',
    ],
  ])('takes the payload of a webhook, and confirms: %j', async (body, image) => {
    expect((await post(body)).statusCode).toBe(200);
    expect((await recorded())[0]?.spec).toMatchObject({ image, confirm: true });
  });

  it.each<[unknown, string]>([
    ['', 'body'],
    ['[]', 'body'],
    ['{', 'body'],
    [{}, 'docker_image'],
    [{ docker_image: 'docker:' }, 'docker_image'],
    [{ docker_image: 'no reference' }, 'docker_image'],
    [{ ...BODY, timeout: 0 }, 'timeout'],
    [{ ...BODY, timeout: 1e9 }, 'timeout'],
    [{ ...BODY, confirm: 'yes' }, 'confirm'],
    [{ push_data: { tag: '1.4' } }, 'repository'],
    [{ action: 'published', package: {} }, 'package.namespace'],
  ])('refuses %j, naming %s', async (body, field) => {
    const answer = await post(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().detail).toContain(field);
    expect(await recorded()).toEqual([]);
  });

  it('takes a repetition for the same, and what comes later for another', async () => {
    const first = await Promise.all([post(), post(), post()]);
    expect(new Set(first.map(({ headers }) => headers.location)).size).toBe(1);
    await post({ ...BODY, docker_image: 'acme/web:2.1' });
    expect(await recorded()).toHaveLength(2);
    now += 31_000;
    await post();
    expect(await recorded()).toHaveLength(3);
  });

  it('knows a repetition after a restart', async () => {
    const first = await post();
    const { name } = first.json();
    await rollouts.waitFor(name, () => true, { timeoutMs: 5000 });
    await open();
    expect((await post()).headers.location).toBe(first.headers.location);
  });

  it('refuses a page of another site', async () => {
    expect((await post(BODY, { origin: 'https://evil.example' })).statusCode).toBe(403);
    expect(await recorded()).toEqual([]);
  });
});

describe('with a token and a secret', () => {
  beforeEach(() => open(KEYS));
  const signature = (body: string, secret = KEYS.secret) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const text = JSON.stringify(BODY);

  it.each([
    [{}],
    [{ authorization: 'Bearer something-else' }],
    [{ authorization: KEYS.token }],
    [{ 'x-hub-signature-256': signature(`${text} `) }],
    [{ 'x-hub-signature-256': signature(text, 'another secret') }],
    [{ 'x-hub-signature-256': 'sha256=' }],
  ])('refuses who shows neither: %j', async (headers) => {
    expect((await post(text, headers as Record<string, string>)).statusCode).toBe(401);
    expect(await recorded()).toEqual([]);
  });

  it('lets in who shows one of them, and answers GitHub its ping', async () => {
    expect((await post(text, { authorization: `Bearer ${KEYS.token}` })).statusCode).toBe(200);
    expect((await post(text, { 'x-hub-signature-256': signature(text) })).statusCode).toBe(200);
    const ping = JSON.stringify({ zen: 'Keep it logically awesome.' });
    expect((await post(ping, { 'x-github-event': 'ping', 'x-hub-signature-256': signature(ping) })).statusCode).toBe(200);
    expect(await recorded()).toHaveLength(1);
  });

  it('tells and cancels nothing without the token', async () => {
    const { location } = (await post(text, { authorization: `Bearer ${KEYS.token}` })).headers;
    for (const method of ['GET', 'DELETE'] as const) expect((await app.inject({ method, url: String(location) })).statusCode).toBe(401);
    const authorization = `Bearer ${KEYS.token}`;
    expect((await app.inject({ method: 'DELETE', url: String(location), headers: { authorization } })).statusCode).toBe(202);
    expect((await recorded())[0]?.spec.canceled).toBe(true);
  });
});

it('GET /ping answers Pong!', async () => {
  const answer = await app.inject({ url: '/ping' });
  expect([answer.statusCode, answer.body]).toEqual([200, 'Pong!']);
});

it('there is no rollout of a name that nobody has', async () => {
  for (const method of ['GET', 'DELETE'] as const) expect((await app.inject({ method, url: '/upgrade/nothing-1' })).statusCode).toBe(404);
});
