import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noteSecret } from '../leaks/watch.js';
import { RouteTable } from '../packages/controller/src/routes/table.js';
import { newSecret, type OpenRoute, routeSchema, signedInstance } from '../packages/resources/src/index.js';
import { freeBase, type RunningMooring, startMooring } from './support/mooring.js';
import { ask, Person } from './support/person.js';
import { servicesOf } from './support/rancher.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { until } from './support/until.js';

const PEOPLE = 50;

describe('fifty people at once', () => {
  let mooring: RunningMooring;
  beforeAll(async () => {
    mooring = await startMooring();
  }, 120_000);
  afterAll(() => mooring?.dispose(), 30_000);

  it('each get a notebook of their own, and nobody reaches the instance of another', async () => {
    const people = Array.from({ length: PEOPLE }, (_, number) => new Person(mooring.origin, `person${number}`));
    const instances = await Promise.all(people.map((person) => person.openDemo(90_000)));
    expect(new Set(instances.map(({ instance }) => instance)).size).toBe(PEOPLE);
    const services = await servicesOf(mooring.base);
    expect(services).toHaveLength(PEOPLE);
    expect(new Set(services.map(({ name }) => name)).size).toBe(PEOPLE);
    // Asked again, each is led to the same one.
    const again = await Promise.all(people.map((person) => person.demoStatus()));
    expect(again.map(({ instance }) => instance)).toEqual(instances.map(({ instance }) => instance));
  }, 120_000);

  it('get nobody in with a cookie that is nearly right', async () => {
    const person = new Person(mooring.origin, 'person0');
    await person.signIn();
    await person.wish();
    const secret = person.cookies.get('narrative_session') as string;
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    const wrong = [
      `xnarrative_session=${secret}`,
      `narrative_session=${secret}0`,
      `narrative_session=${secret.slice(0, -1)}`,
      `a=narrative_session=${secret}`,
    ];
    for (const cookie of wrong) {
      const { status, headers } = await new Person(mooring.origin, 'x').ask('/narrative/api/status', { headers: { cookie } });
      expect([cookie, status, headers['mooring-front'] !== undefined]).toEqual([cookie, 503, true]);
    }
    expect(
      (await new Person(mooring.origin, 'x').ask('/narrative/api/status', { headers: { cookie: `a=b; narrative_session=${secret}` } }))
        .status,
    ).toBe(200);
  });
});

const SESSIONS = 120;
const OWN_HOST = 'apps.example';
const FRONT = '127.0.0.1';
const CONTAINER = { cookie: '127.0.3.1', path: '127.0.3.2' };

/** The table of routes as the controller keeps it, before the real Traefik. The front and every container tell where they listen. */
describe('sessions in buckets, beside hosts of named containers', () => {
  const secrets = Array.from({ length: SESSIONS }, newSecret);
  const named = newSecret();
  for (const secret of [...secrets, named]) noteSecret(secret);
  const addressOf = (number: number): string => `127.0.2.${number + 1}`;
  const cookieOf = (number: number): string => `narrative_session=${secrets[number]}`;
  const instance = `instance=${signedInstance('app-1', named)}`;
  const servers: Server[] = [];
  let table: RouteTable;
  let traefik: RunningTraefik;
  let port: number;

  const tell = ({ url, socket }: IncomingMessage, response: ServerResponse): void => {
    if (url === '/routes') return void response.end(table.serve());
    if (socket.localAddress === FRONT) response.setHeader('mooring-front', '1');
    response.end(JSON.stringify({ at: socket.localAddress }));
  };
  const listen = async (host: string): Promise<void> => {
    const server = createServer(tell).listen(port, host);
    servers.push(server);
    await once(server, 'listening');
  };
  /** Where its request comes to, or Traefik's own status while it has no routes. */
  const at = async (path: string, cookie: string, host = 'site.example'): Promise<unknown> => {
    const headers = { cookie, host, accept: 'text/html', 'sec-fetch-mode': 'navigate' };
    const answer = await ask(traefik.origin, path, { headers });
    return answer.status === 200 ? answer.json().at : answer.status;
  };
  const live = (path: string, cookie: string, address: string): Promise<true> =>
    until(async () => (await at(path, cookie, OWN_HOST)) === address, { withinMs: 60_000, what: () => `${path} to be led to ${address}` });
  const layPath = (): boolean => {
    const route = routeSchema.parse({ type: 'path', path: '/apps/web-1', hosts: [OWN_HOST] }) as OpenRoute;
    return table.set({ uid: 'uid-path', route, secret: named, address: { ip: CONTAINER.path, port } });
  };

  beforeAll(async () => {
    const base = await freeBase();
    port = base + 7;
    const frontUrl = `http://${FRONT}:${port}`;
    const direct = { hosts: [OWN_HOST], cookieName: 'instance', pathPrefix: '/apps', entryPoints: [], tls: false };
    const frontPaths = ['/narrative*', '/'];
    table = new RouteTable({ entryPoint: 'web', fallbackUrl: frontUrl, frontPaths, hosts: [], withSessions: true, direct });
    table.failsOver = true;
    const byCookie = routeSchema.parse({ type: 'cookie' }) as OpenRoute;
    for (const [number, secret] of secrets.entries())
      table.set({ uid: `uid-${number}`, route: byCookie, secret, address: { ip: addressOf(number), port } });
    const byName = routeSchema.parse({ type: 'instance', name: 'app-1', hosts: [OWN_HOST] }) as OpenRoute;
    table.set({ uid: 'uid-cookie', route: byName, secret: named, address: { ip: CONTAINER.cookie, port } });
    table.markLoaded();
    await Promise.all([FRONT, ...Object.values(CONTAINER), ...secrets.map((_, number) => addressOf(number))].map(listen));
    const ports = { entry: base, management: base + 2 };
    traefik = await startTraefik({ ports, routes: { url: `${frontUrl}/routes`, token: 'any' }, frontUrl });
    await live('/', instance, CONTAINER.cookie);
  }, 120_000);
  afterAll(async () => {
    await traefik?.close();
    for (const server of servers) server.closeAllConnections();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }, 30_000);

  it('are each led to, and nobody comes to one of them on a host of named containers', async () => {
    expect(table.serve()).toContain('bucket-');
    const numbers = secrets.map((_, number) => number);
    expect(await Promise.all(numbers.map((number) => at('/narrative/', `a=b; ${cookieOf(number)}`)))).toEqual(numbers.map(addressOf));
    const there = ['/narrative/', '/narrative/api/status', '/'].map((path) => at(path, cookieOf(7), OWN_HOST));
    expect(await Promise.all(there)).toEqual([FRONT, FRONT, FRONT]);
  }, 60_000);

  it('whoever has both cookies comes to either by the host', async () => {
    const both = `${cookieOf(7)}; ${instance}`;
    const paths = ['/', '/narrative/', '/data?x=1'];
    expect(await Promise.all(paths.map((path) => at(path, both, OWN_HOST)))).toEqual(paths.map(() => CONTAINER.cookie));
    expect(await at('/narrative/', both)).toBe(addressOf(7));
    // The front's own pages, and a signature of nobody's.
    expect(await at('/narrative_session/-/direct/app-1', both, OWN_HOST)).toBe(FRONT);
    expect(await at('/', `${cookieOf(7)}; ${instance}0`, OWN_HOST)).toBe(FRONT);
  });

  it('what a path names is the front while it sleeps, whoever asks, and its container as soon as that is there', async () => {
    const both = `${cookieOf(7)}; ${instance}`;
    expect(await at('/apps/web-1/', both, OWN_HOST)).toBe(FRONT);
    layPath();
    await live('/apps/web-1/', both, CONTAINER.path);
    expect([await at('/apps/web-10/', both, OWN_HOST), await at('/', both, OWN_HOST)]).toEqual([FRONT, CONTAINER.cookie]);
    table.delete('uid-path');
    await live('/apps/web-1/', both, FRONT);
  }, 60_000);
});
