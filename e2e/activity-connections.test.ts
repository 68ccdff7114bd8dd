import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import { WebSocket } from 'ws';
import { type ActivitySource, createActivitySources, type Reading, type Target } from '../packages/controller/src/index.js';
import { DEMO_IMAGE, demoImage } from '../packages/local-rancher/src/index.js';
import { cacheFolder, makeCacheFolder } from '../packages/mooring/src/provision/cache-folder.js';
import { findTraefik } from '../packages/mooring/src/provision/traefik.js';
import { type ActivityPlace, log, startActivityPlace, withSpec } from './support/activity-place.js';
import { freeBase } from './support/mooring.js';
import { ask } from './support/person.js';
import { missing, withPart } from './support/real-parts.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { until } from './support/until.js';

const signal = new AbortController().signal;
const present = await (async () => {
  const cache = await makeCacheFolder(cacheFolder(process.env));
  await findTraefik({ environment: process.env, cache, signal, progress: { note: () => undefined } });
  return true;
})().catch(() => false);
const test = withPart('Traefik', present);

/** So long Traefik keeps a connection that nobody uses, here: its default of 90 s would make a long test. */
const IDLE_MS = 1_000;

/** Serves Traefik its routes, to the containers that there are, and is the front for everybody else. */
class Routes {
  readonly #server: Server = createServer((request, response) => {
    if (request.url === '/routes') response.end(JSON.stringify(this.#document()));
    else response.writeHead(200, { 'mooring-front': '1' }).end('waiting');
  });
  targets: readonly Target[] = [];

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #document(): object {
    const routers = { fallback: { rule: 'PathPrefix(`/`)', priority: 1, service: 'fallback', entryPoints: ['web'] } };
    const { port } = this.#server.address() as AddressInfo;
    const serverOf = (url: string): object => ({ loadBalancer: { servers: [{ url }], serversTransport: 'short' } });
    return {
      http: {
        routers: {
          ...routers,
          ...Object.fromEntries(
            this.targets.map(({ session: { metadata } }) => [
              metadata.uid,
              { rule: `Host(\`${metadata.name}\`)`, priority: 10, service: metadata.uid, entryPoints: ['web'] },
            ]),
          ),
        },
        services: {
          fallback: serverOf(`http://127.0.0.1:${port}`),
          ...Object.fromEntries(
            this.targets.map(({ session, address }) => [session.metadata.uid, serverOf(`http://${address.ip}:${address.port}`)]),
          ),
        },
        serversTransports: { short: { forwardingTimeouts: { idleConnTimeout: `${IDLE_MS}ms` } } },
      },
    };
  }
}

/** The demo's container behind the real Traefik 3, seen by Traefik's metrics and from inside the container. */
describe('connections and requests through a real Traefik', () => {
  const routes = new Routes();
  let place: ActivityPlace;
  let traefik: RunningTraefik;
  let sources: ActivitySource[];
  let target: Target;
  let metricsUrl: string;
  const sockets: WebSocket[] = [];

  beforeAll(async () => {
    if (!present) return missing('Traefik');
    const frontUrl = await routes.open();
    const base = await freeBase();
    const ports = { entry: base, management: base + 1 };
    traefik = await startTraefik({ ports, routes: { url: `${frontUrl}/routes`, token: 'any' }, frontUrl });
    metricsUrl = `http://127.0.0.1:${ports.management}/metrics`;
    place = await startActivityPlace({ [DEMO_IMAGE]: demoImage });
  }, 60_000);

  afterAll(async () => {
    routes.close();
    await traefik?.close();
    await place?.close();
  }, 30_000);

  beforeEach(async () => {
    const { project, own } = place;
    sources = createActivitySources({ project, own, clock: Date, log, traefikMetricsUrl: metricsUrl, traefikIdleMs: IDLE_MS });
    target = await place.run(DEMO_IMAGE);
    routes.targets = [...routes.targets, target];
    // By hand, not through Traefik: a request there would be counted.
    const answers = () =>
      ask(`http://${target.address.ip}:8888`, '/narrative/api/status', { headers: { connection: 'close' } }).then(
        () => true,
        () => false,
      );
    await until(answers, { what: () => 'the demo to answer' });
  }, 30_000);

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate();
  });

  const read = async (name: ActivitySource['name'], whose = target): Promise<Reading> => {
    const source = sources.find((each) => each.name === name) as ActivitySource;
    return (await source.read([whose], signal)).get(whose.session.metadata.uid) as Reading;
  };
  const headers = () => ({ host: target.session.metadata.name });
  const request = () => ask(traefik.origin, '/narrative/api/status', { headers: { ...headers(), connection: 'close' } });
  const reachesIt = () => until(async () => (await request()).headers['mooring-front'] === undefined, { what: () => 'the route' });
  const connect = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`${traefik.origin.replace('http', 'ws')}/narrative/ws`, { headers: headers() });
    sockets.push(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return socket;
  };
  const seesActive = async (name: ActivitySource['name']): Promise<boolean> => (await read(name)).type === 'active';

  test('a request is seen by the counters, our own is not, and none proves nothing', async () => {
    await reachesIt();
    expect(await read('traefik-requests')).toMatchObject({ type: 'unknown', why: expect.stringContaining('from now on') });
    await request();
    await until(() => seesActive('traefik-requests'), { what: () => 'the request in the metrics' });
    expect(await read('traefik-requests')).toMatchObject({ type: 'unknown', why: expect.stringContaining('proves nothing') });
    const end = place.own.begin(target.session.metadata.uid);
    await request();
    end(true);
    // Counted it is: the next one comes on top.
    expect(await read('traefik-requests')).toMatchObject({ type: 'unknown' });
  }, 30_000);

  test('an open websocket is invisible to Traefik 3 until it closes', async () => {
    await reachesIt();
    const socket = await connect();
    await read('traefik-requests');
    expect(await read('traefik-requests')).toMatchObject({ type: 'unknown' });
    expect(await read('traefik-connections')).toMatchObject({ type: 'unknown', why: expect.stringContaining('Traefik 3 never does') });
    socket.close();
    await until(() => seesActive('traefik-requests'), { what: () => 'the websocket in the metrics' });
  }, 30_000);

  test('an open, silent websocket is seen from inside the container', async () => {
    await reachesIt();
    await connect();
    expect(await read('connections')).toMatchObject({ type: 'unknown', why: expect.stringContaining('young') });
    await until(() => seesActive('connections'), { everyMs: 100, what: () => 'a connection that is held' });
    expect(await read('connections', withSpec(target, { openConnections: 'ignore' }))).toMatchObject({ type: 'unknown' });
    for (const socket of sockets.splice(0)) socket.close();
    await until(async () => (await read('connections')).type === 'quiet', { everyMs: 100, what: () => 'the end of all connections' });
  }, 30_000);

  test('what Traefik keeps after a request is never taken for somebody', async () => {
    await reachesIt();
    const seen: Reading[] = [];
    const isQuiet = async (): Promise<boolean> => {
      seen.push(await read('connections'));
      return seen.at(-1)?.type === 'quiet';
    };
    await until(isQuiet, { everyMs: 100, what: () => 'Traefik to close what it kept' });
    expect(seen[0]).toMatchObject({ type: 'unknown', why: expect.stringContaining('young') });
    expect(seen.map(({ type }) => type)).not.toContain('active');
  }, 30_000);

  test("the demo's own status is as Jupyter's, and processes have no traffic of their own", async () => {
    const first = await read('jupyter');
    expect(first).toMatchObject({ type: 'quiet' });
    expect(await read('jupyter')).toEqual(first);
    expect(await read('network')).toMatchObject({ type: 'unknown' });
    // Our questions leave no connection behind.
    expect(await read('connections')).toMatchObject({ type: 'quiet' });
  }, 30_000);
});
