import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { RouteTable } from '../packages/controller/src/routes/table.js';
import { VERIFY_PATH } from '../packages/resources/src/index.js';
import { LabelRoutes } from './support/label-routes.js';
import { freeBase } from './support/mooring.js';
import { HOST, Operator, PAGE, ROUTE_TOKEN } from './support/operator.js';
import { ask, type Person } from './support/person.js';
import type { RunningServe } from './support/serve.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { until } from './support/until.js';

const cookieOf = (person: Person): string => person.cookies.get('narrative_session') as string;

/** What becomes of a websocket to somebody's session: it opens, or is refused with a status. */
function upgrade({ origin, cookie }: Person): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/narrative/ws`, { headers: { cookie, host: HOST } });
    socket.once('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.once('unexpected-response', (_request, answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    socket.once('error', reject);
  });
}

/** How Traefik comes by the routes: our document, or the services' labels. */
describe.each(['http', 'labels'] as const)('a site that has requests verified, with its routes over %s', (mode) => {
  let operator: Operator;
  let serve: RunningServe;
  let traefik: RunningTraefik;
  let labels: LabelRoutes | undefined;

  beforeAll(async () => {
    operator = await Operator.open();
    serve = await operator.serve({ MOORING_ROUTES: mode, MOORING_VERIFY: 'owner', MOORING_IDENTITY_CACHE: '0', log_level: 'debug' });
    if (mode === 'labels') labels = new LabelRoutes(operator.centre.metadataUrl);
    const url = (await labels?.open()) ?? `${serve.internal}/traefik/config`;
    traefik = await startTraefik({ ports: operator.ports, routes: { url, token: ROUTE_TOKEN }, frontUrl: serve.front });
    await serve.ready();
  }, 60_000);
  afterAll(async () => {
    await traefik?.close();
    await labels?.close();
    await operator?.close();
  }, 30_000);

  const opened = async (user: string): Promise<Person> => {
    const person = operator.signedIn(user);
    await person.wish();
    await person.demoStatus();
    return person;
  };
  /** Somebody who is signed in as themselves and has another's cookie. */
  const thief = (user: string, cookie: string): Person => {
    const person = operator.signedIn(user);
    person.cookies.set('narrative_session', cookie);
    return person;
  };

  it('leads an owner to their notebook, saves and websockets too', async () => {
    const ada = await opened('ada');
    const saved = await ada.ask('/narrative/save', {
      method: 'PUT',
      body: 'x'.repeat(100_000),
      headers: { authorization: 'token jupyters' },
    });
    expect([saved.status, saved.json()]).toEqual([200, expect.objectContaining({ method: 'PUT', bytes: 100_000 })]);
    expect(await upgrade(ada)).toBe(101);
  }, 40_000);

  it('calls a session ready though nobody has come to it yet', async () => {
    const cy = operator.signedIn('cy');
    const { name } = (await cy.wish()).json();
    await until(async () => (await cy.ask(`/narrative_session/${name}`)).json().phase === 'Ready');
  }, 40_000);

  it('refuses somebody else who has the session’s cookie, in whatever company', async () => {
    const [ada, bob] = [await opened('ada'), await opened('bob')];
    const stolen = cookieOf(ada);
    const eve = thief('eve', stolen);
    const refused = await eve.ask('/narrative/api/status');
    expect([refused.status, refused.json()]).toEqual([403, expect.objectContaining({ code: 'not-yours' })]);
    expect(await upgrade(eve)).toBe(403);
    expect((await eve.ask('/narrative/save', { method: 'PUT', body: 'mine now' })).status).toBe(403);
    for (const cookies of [`${stolen}; narrative_session=${cookieOf(bob)}`, `${cookieOf(bob)}; narrative_session=${stolen}`]) {
      const answer = await thief('bob', cookies).ask('/narrative/api/status');
      if (answer.status === 200) expect(answer.json()).toMatchObject({ instance: (await bob.demoStatus()).instance });
      else expect(answer.status).toBe(403);
    }
    const headers = { 'x-forwarded-user': 'ada', 'x-forwarded-uri': '/narrative_session/-/verify/x', 'mooring-probe': 'x' };
    expect((await eve.ask('/narrative/api/status', { headers })).status).toBe(403);
    expect((await thief('nobody', stolen).ask('/narrative/', { headers: { ...PAGE, cookie: `narrative_session=${stolen}` } })).status).toBe(
      302,
    );
    expect(await ada.demoStatus()).toBeDefined();
  }, 40_000);

  it('gives the browser that had another’s cookie its own notebook, a click later', async () => {
    const fay = thief('fay', cookieOf(await opened('ada')));
    const page = await fay.ask('/narrative/', { headers: PAGE });
    expect(page.status).toBe(403);
    expect([page.headers['set-cookie']].flat()[0]).toMatch(/^narrative_session=; Max-Age=0; Path=\//);
    fay.cookies.delete('narrative_session');
    expect((await fay.ask('/narrative/', { headers: PAGE })).status).toBe(201);
    expect(await fay.demoStatus()).toBeDefined();
  }, 40_000);

  it.each(['slow', 'page', 'down'] as const)(
    'lets known people go on while the sign-in service is %s, and refuses nobody for good',
    async (state) => {
      const ada = await opened('ada');
      operator.site.auth2 = state;
      try {
        for (let request = 0; request < 5; request += 1) expect((await ada.ask('/narrative/api/status')).status).toBe(200);
        expect(await upgrade(ada)).toBe(101);
        const unknown = await thief(`unknown-${state}`, cookieOf(ada)).ask('/narrative/api/status');
        expect([unknown.status, unknown.headers['retry-after']]).toEqual([503, '5']);
      } finally {
        operator.site.auth2 = 'up';
      }
    },
    40_000,
  );

  it('makes another cookie for each new session, and the old one leads nowhere', async () => {
    const ada = await opened('ada');
    const before = { cookie: cookieOf(ada), instance: (await ada.demoStatus()).instance };
    expect(
      (await ada.ask('/narrative_shutdown/', { method: 'DELETE', headers: { authorization: ada.cookies.get('kbase_session') as string } }))
        .status,
    ).toBe(200);
    await until(async () => {
      await ada.wish();
      return cookieOf(ada) !== before.cookie;
    });
    expect((await ada.demoStatus()).instance).not.toBe(before.instance);
    const old = await thief('ada', before.cookie).ask('/narrative/api/status');
    expect([old.status, old.headers['mooring-front']]).toEqual([503, '1']);
  }, 40_000);
});

/** What the real Traefik sends on of a request that the front has let through. */
describe('a request that was let through', () => {
  it('comes to the container as it was sent, but for the proof of a probe', async () => {
    const seen: { path: string | undefined; headers: IncomingHttpHeaders }[] = [];
    const listen = async (answer: RequestListener): Promise<Server> => {
      const server = createServer(answer);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    };
    const originOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const container = await listen(({ url, headers }, response) => {
      seen.push({ path: url, headers });
      response.end('own');
    });
    const front = await listen(({ url }, response) =>
      response.writeHead(url?.startsWith(VERIFY_PATH) ? 204 : 503, { 'mooring-front': '1' }).end(),
    );
    const table = new RouteTable({
      ...{ entryPoint: 'web', fallbackUrl: originOf(front), frontPaths: ['/narrative*'], hosts: [], withSessions: true },
      verifyUrl: `${originOf(front)}${VERIFY_PATH}`,
    });
    const address = { ip: '127.0.0.1', port: (container.address() as AddressInfo).port };
    const route = { type: 'cookie', cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: [] } as const;
    table.set({ uid: 'uid-a', route: { ...route, hosts: [] }, secret: 'ab'.repeat(32), address });
    table.markLoaded();
    const document = await listen((_, response) => response.setHeader('content-type', 'application/json').end(table.serve()));
    const base = await freeBase();
    const ports = { entry: base, management: base + 1 };
    const routes = { url: originOf(document), token: ROUTE_TOKEN };
    const traefik = await startTraefik({ ports, routes, frontUrl: originOf(front) });
    try {
      const cookie = `a=1; narrative_session=${'ab'.repeat(32)}; kbase_session=t`;
      const headers = { cookie, authorization: 'token jupyters', 'x-xsrftoken': 'x', 'mooring-probe': 'proof' };
      await until(async () => (await ask(traefik.origin, '/narrative/x?y=1', { headers })).text === 'own');
      expect(seen[0]).toMatchObject({ path: '/narrative/x?y=1', headers: { cookie, authorization: 'token jupyters', 'x-xsrftoken': 'x' } });
      expect(seen[0]?.headers).not.toHaveProperty('mooring-probe');
    } finally {
      await traefik.close();
      for (const server of [container, front, document]) {
        server.closeAllConnections();
        server.close();
      }
    }
  }, 40_000);
});
