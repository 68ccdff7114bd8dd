import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { openApiParts } from '../../src/api/parts.js';
import { buildInternal } from '../../src/index.js';
import { memoryLogger } from '../support/front.js';
import { type ApiFront, apiFront, SECRET } from './support/api-front.js';

let front: ApiFront;
beforeAll(async () => {
  front = await apiFront();
  await front.add('narrative-ada', { owner: { name: 'ada' } });
  await front.add('narrative-bob', { owner: { name: 'bob' } });
});
afterAll(() => front.close());

const READS = [
  '/sessions',
  '/sessions/narrative-ada',
  '/sessions/narrative-ada/events',
  '/sessions/narrative-ada/explanation',
  '/sessions/narrative-ada/log',
];
const OTHERS = ['/watch/sessions', '/last-seen', '/queue', '/me', '/statistics', '/warmpools', '/sessiontemplates'];

describe('the API', () => {
  it.each([...READS, ...OTHERS])('tells nobody who is not signed in anything: %s', async (url) => {
    const nobody = await front.ask(undefined, url);
    expect([nobody.statusCode, nobody.headers['www-authenticate'], nobody.json().code]).toEqual([401, 'Bearer', 'not-signed-in']);
    const impostor = await front.ask(undefined, url, { headers: { authorization: 'Bearer made-up' } });
    expect([impostor.statusCode, impostor.json().code]).toEqual([403, 'token-rejected']);
  });

  it('shows people their own sessions, administrators all, and tells nobody of others’', async () => {
    const namesOf = async (user: string) =>
      (await front.ask(user, '/sessions')).json().items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
    expect(await namesOf('ada')).toEqual(['narrative-ada']);
    expect(await namesOf('eve')).toEqual([]);
    expect(front.logs()).not.toContain('sessions.list');
    expect(await namesOf('root')).toEqual(['narrative-ada', 'narrative-bob']);
    expect(front.logs().match(/"action":"sessions.list","who":"root"/g)).toHaveLength(1);
    const [others, missing] = [await front.ask('eve', '/sessions/narrative-ada'), await front.ask('eve', '/sessions/narrative-eve')];
    expect([others.statusCode, missing.statusCode]).toEqual([404, 404]);
    const told = ({ body }: typeof others) => ({ ...JSON.parse(body.replace(/narrative-(ada|eve)/g, '')), requestId: '' });
    expect(told(others)).toEqual(told(missing));
  });

  it.each(['/statistics', '/warmpools', '/warmpools/narrative', '/sessiontemplates', '/sessiontemplates/narrative'])(
    'keeps %s for administrators',
    async (url) => {
      expect((await front.ask('ada', url)).json()).toMatchObject({ status: 403, code: 'administrators-only' });
      expect((await front.ask('root', url)).statusCode).toBe(200);
    },
  );

  it('tells everybody what runs, and each who they are', async () => {
    expect((await front.ask(undefined, '/about')).json()).toEqual({ version: '1.2.3', gitHash: 'abc', time: '2030-01-02T03:04:05.678Z' });
    expect((await front.ask('ada', '/me')).json()).toMatchObject({ user: 'ada', administrator: false });
    const name = (await front.ask('cleo', '/me')).json().sessionNames[0];
    await front.add(name, { owner: { name: 'cleo' } });
    expect((await front.ask('cleo', '/me')).json()).toMatchObject({ session: name });
    expect((await front.ask('root', '/me')).json().administrator).toBe(true);
  });

  it('tells when people were seen', async () => {
    const { uid } = (await front.store.get('Session', 'narrative-ada'))?.metadata ?? { uid: '' };
    front.uses.note(uid, Date.parse('2030-01-01T00:00:00.000Z'));
    const seen = { items: [{ name: 'narrative-ada', uid, at: '2030-01-01T00:00:00.000Z' }] };
    expect((await front.ask('ada', '/last-seen')).json()).toEqual(seen);
    expect((await front.ask('bob', '/last-seen')).json()).toEqual({ items: [] });
  });

  it('tells people their own place in the queue, administrators all', async () => {
    for (const name of ['narrative-bob', 'narrative-ada']) {
      await front.change(name, ({ status }) => {
        const lastTransitionTime = new Date(0).toISOString();
        status.conditions = [{ type: 'Ready', status: 'False', reason: 'Queued', message: 'It waits.', lastTransitionTime }];
      });
    }
    const places = async (user: string) =>
      (await front.ask(user, '/queue')).json().items.map(({ name, place, of }: Record<string, unknown>) => [name, place, of]);
    const all = await places('root');
    expect(all.map(([, place, of]: unknown[]) => [place, of])).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(await places('ada')).toEqual(all.filter(([name]: unknown[]) => name === 'narrative-ada'));
  });

  it('tells no secret, neither of the environment nor of the route', async () => {
    for (const url of ['/sessions', '/sessions/narrative-ada', '/sessiontemplates', '/sessiontemplates/narrative', '/warmpools']) {
      const { statusCode, body } = await front.ask('root', url);
      expect(statusCode).toBe(200);
      expect(body).not.toContain(SECRET);
      expect(body).not.toContain('f'.repeat(64));
    }
    expect((await front.ask('root', '/sessiontemplates')).json().items[0].spec.launch.env).toEqual(['SERVICE_TOKEN']);
  });
});

describe('the API on the internal listener of one machine', () => {
  it('shows everything to who names this machine, and nothing to a page that has its own name lead here', async () => {
    const registry = new Registry();
    const { logger } = memoryLogger();
    const sources = { templates: { get: () => undefined, list: () => [] }, pools: { get: () => undefined, list: () => [] } };
    const [explain, tail] = [async () => undefined, async () => undefined];
    const parts = await openApiParts({ sessions: front.sessions, ...sources, explain, tail, now: () => 0, registry, logger });
    const settings = { sessionCookie: 's', kbaseCookie: 'k', containerName: 'narrative-{}', templateName: 'narrative' };
    const internal = await buildInternal({
      registry,
      ready: () => ({ ok: true, checks: {} }),
      routeDocument: () => undefined,
      routeToken: 't'.repeat(16),
      operators: {
        front: { store: front.store, sessions: front.sessions, templates: sources.templates, settings, uses: front.uses, now: () => 0 },
        parts,
      },
      logger,
    });
    const ask = (host: string) => internal.inject({ url: '/api/v1/sessions', headers: { host } });
    expect((await ask('127.0.0.1:8084')).json().items).toHaveLength(3);
    expect((await ask('localhost:8084')).statusCode).toBe(200);
    expect((await ask('evil.example:8084')).json()).toMatchObject({ status: 403, code: 'foreign-host' });
    await internal.close();
  });
});
