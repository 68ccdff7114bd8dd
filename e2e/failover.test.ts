import { createHash } from 'node:crypto';
import { createServer, get, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RouteTable } from '../packages/controller/src/routes/table.js';
import { failsOverOnErrors, TraefikVersion, type VersionWatch } from '../packages/controller/src/routes/traefik-version.js';
import { systemClock } from '../packages/controller/src/runtime/clock.js';
import { isNavigation } from '../packages/http-front/src/http/navigation.js';
import { hammer } from './support/hammer.js';
import { freeBase } from './support/mooring.js';
import { type Ask, ask } from './support/person.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { until } from './support/until.js';

const SECRET = 'ab'.repeat(32);
const COOKIE = { cookie: `narrative_session=${SECRET}` };
const HTML = 'text/html,application/xhtml+xml,*/*;q=0.8';
const TOKEN = 'e2e-route-token-0123456789abcdef';
const LARGE = Buffer.alloc(3_000_000, 'x').toString();

const listen = async (answer: RequestListener): Promise<Server> => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};
const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const bytesOf = async (request: IncomingMessage): Promise<number> => {
  let bytes = 0;
  for await (const chunk of request) bytes += (chunk as Buffer).length;
  return bytes;
};

/** What the real Traefik makes of the document that has a session's pages fail over. */
describe.each([
  ['few', 0],
  ['so many that their routes are in buckets', 150],
])('a session whose pages fail over, among %s', (_, others) => {
  const servers: Server[] = [];
  let table: RouteTable;
  let traefik: RunningTraefik;
  let management: string;
  /** How the container ends requests. */
  let mood: 'well' | 'dies' | 'chunked 502' | 'own 503';
  const through = (options: Ask = {}) => ask(traefik.origin, '/narrative/x', { ...options, headers: { ...COOKIE, ...options.headers } });

  beforeAll(async () => {
    const container = await listen(async (request, response) => {
      const bytes = await bytesOf(request);
      if (mood === 'dies') return void request.socket.destroy();
      if (mood === 'chunked 502') response.writeHead(502).write('my ');
      if (mood === 'own 503') response.writeHead(503);
      response.end(`own ${bytes}`);
    });
    container.on('upgrade', (_, socket) => {
      if (mood === 'dies') socket.destroy();
      else socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    });
    const front = await listen(async (request, response) => {
      await bytesOf(request);
      response.writeHead(isNavigation(request.method ?? '', request.headers) ? 201 : 503, { 'mooring-front': '1' }).end('front');
    });
    const frontUrl = `http://127.0.0.1:${portOf(front)}`;
    table = new RouteTable({ entryPoint: 'web', fallbackUrl: frontUrl, frontPaths: ['/narrative*'], hosts: [], withSessions: true });
    table.set({
      uid: 'uid-a',
      route: { type: 'cookie', cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: [] },
      secret: SECRET,
      address: { ip: '127.0.0.1', port: portOf(container) },
    });
    for (let n = 0; n < others; n += 1)
      table.set({
        uid: `uid-${n}`,
        route: { type: 'cookie', cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: [] },
        secret: createHash('sha256').update(`other ${n}`).digest('hex'),
        address: { ip: '127.0.0.1', port: portOf(container) },
      });
    table.markLoaded();
    const document = await listen((_, response) => response.setHeader('content-type', 'application/json').end(table.serve()));
    servers.push(container, front, document);
    const base = await freeBase();
    management = `http://127.0.0.1:${base + 1}`;
    traefik = await startTraefik({
      ports: { entry: base, management: base + 1 },
      routes: { url: `http://127.0.0.1:${portOf(document)}/`, token: TOKEN },
      frontUrl,
    });
  }, 60_000);
  afterAll(async () => {
    await traefik?.close();
    for (const server of servers) server.closeAllConnections();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }, 30_000);

  it('is offered as soon as Traefik has told a version that fails over', async () => {
    mood = 'dies';
    await until(async () => (await through({ headers: { accept: HTML } })).status === 502);
    const following = new AbortController();
    const log = { info: () => undefined, warn: () => undefined } as unknown as VersionWatch['log'];
    const onVersion = (version: string | undefined): void => {
      table.failsOver = failsOverOnErrors(version);
    };
    const watching = new TraefikVersion({ apiUrl: management, clock: systemClock, log, signal: following.signal, onVersion }).follow();
    await until(async () => (await through({ headers: { accept: HTML } })).status === 201);
    following.abort();
    await watching;
  });

  const requests: [what: string, request: Ask][] = [
    ['a page', { headers: { accept: HTML, 'sec-fetch-mode': 'navigate' } }],
    ['a page of an old browser', { headers: { accept: 'TEXT/HTML', referer: 'http://x/' } }],
    ['a script’s wish', { headers: { accept: 'application/json' } }],
    ['a page’s script', { headers: { accept: 'application/json', origin: '' } }],
    ['XHR', { headers: { accept: 'application/json', 'x-requested-with': 'XMLHttpRequest' } }],
    ['a tab that polls', { headers: { accept: HTML, 'sec-fetch-mode': 'cors' } }],
    ['a mode that says nothing', { headers: { accept: HTML, 'sec-fetch-mode': '' } }],
    ['a program', { headers: { accept: '*/*' } }],
    ['HEAD', { method: 'HEAD', headers: { accept: HTML } }],
    ['a save', { method: 'PUT', body: LARGE, headers: { accept: HTML } }],
    ['a form', { method: 'POST', body: 'a=b', headers: { accept: HTML, 'sec-fetch-mode': 'navigate' } }],
  ];
  it.each(requests)('leads %s to the front only where the front takes it for a navigation', async (_, request) => {
    mood = 'dies';
    const { status, headers } = await through(request);
    const failsOver = isNavigation(request.method ?? 'GET', request.headers ?? {});
    expect([status, headers['mooring-front']]).toEqual(failsOver ? [201, '1'] : [502, undefined]);
  });

  it.each(requests)('changes nothing for %s while the container works', async (_, request) => {
    mood = 'well';
    const { status, headers, text } = await through(request);
    expect([status, headers['mooring-front']]).toEqual([200, undefined]);
    if (request.method === 'PUT') expect(text).toBe(`own ${LARGE.length}`);
  });

  it('leaves websockets to the container alone', async () => {
    const headers = { ...COOKIE, accept: HTML, upgrade: 'websocket', connection: 'Upgrade' };
    const upgrade = (): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = get(`${traefik.origin}/narrative/x`, { headers }, (answer) =>
          answer.resume().once('end', () => resolve(answer.statusCode)),
        );
        sent.once('upgrade', (answer, socket) => socket.resume().once('close', () => resolve(answer.statusCode)));
        sent.once('error', reject);
      });
    mood = 'well';
    expect(await upgrade()).toBe(101);
    mood = 'dies';
    expect(await upgrade()).toBe(502);
  });

  it('never makes a save that failed look done', async () => {
    mood = 'chunked 502';
    const { status } = await through({ method: 'PUT', body: LARGE, headers: { accept: 'application/json' } });
    expect(status).toBe(502);
  });

  it("leaves the container's own 503 to whoever asked", async () => {
    mood = 'own 503';
    const { status, text } = await through({ headers: { accept: HTML } });
    expect([status, text]).toEqual([503, 'own 0']);
  });

  it('loses no request when Traefik is found to be another one', async () => {
    mood = 'well';
    const striking = hammer({ origin: traefik.origin, headers: () => COOKIE });
    for (const failsOver of [false, true, false, true]) {
      table.failsOver = failsOver;
      const router = () => ask(management, '/api/http/routers/uid-a-page@http');
      await until(async () => ((await router()).status === 200) === failsOver);
    }
    const { bad, statuses } = await striking.end();
    expect([bad, Object.keys(statuses)]).toEqual([[], ['200']]);
  });

  it('is counted under its uid, whichever way its requests took', async () => {
    const { text } = await ask(management, '/metrics');
    const named = [...text.matchAll(/^traefik_service_requests_total\{.*service="(uid[^"]+)"/gm)].map(([, name]) => name);
    expect([...new Set(named)]).toEqual(['uid-a@http']);
  });
});
