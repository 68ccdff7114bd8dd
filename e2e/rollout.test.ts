import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hammer } from './support/hammer.js';
import { freeBase, type RunningMooring, startMooring } from './support/mooring.js';
import { ask } from './support/person.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { until } from './support/until.js';

const SERVICES = 20;
const JSON_HEADERS = { accept: 'application/json', 'content-type': 'application/json' };
const hostOf = (number: number): string => `web-${number}.example.org`;

interface Row {
  id: string;
  name: string;
  state: string;
  primaryIpAddress?: string;
  labels?: Record<string, string>;
  launchConfig: { imageUuid: string };
}

/** Services of somebody else's, which a Traefik of theirs leads to: they ask for published images by a label. */
describe('a rollout of services that people use all the time', () => {
  let mooring: RunningMooring;
  let routes: Server;
  let traefik: RunningTraefik;

  const rancher = async (path: string, body?: object) => {
    const options = { headers: JSON_HEADERS, ...(body && { method: 'POST', body: JSON.stringify(body) }) };
    return (await ask(`http://127.0.0.1:${mooring.base + 1}`, `/v2-beta/projects/1a5${path}`, options as Parameters<typeof ask>[2])).json();
  };
  const list = async (kind: string): Promise<Row[]> => (await rancher(`/${kind}?limit=3000`)).data as Row[];
  const ours = async (): Promise<Row[]> => (await list('services')).filter(({ name }) => name.startsWith('web-'));

  /** Containers that have answered, by their ids. */
  const answered = new Set<string>();
  const answers = async ({ id, primaryIpAddress }: Row): Promise<boolean> => {
    if (answered.has(id)) return true;
    const answer = await ask(`http://${primaryIpAddress}:8888`, '/narrative/api/status').catch(() => undefined);
    if (answer?.status === 200) answered.add(id);
    return answered.has(id);
  };
  const age = ({ id }: Row): number => -Number(id.slice(2));
  /** The one that was started last of those that answer: the one before it, which is about to be stopped, gets no more requests. */
  const serving = async (rows: Row[]): Promise<Row | undefined> => {
    for (const row of rows.sort((a, b) => age(a) - age(b))) if (await answers(row)) return row;
    return undefined;
  };

  /** A site's routes to its services, by what their labels say. */
  const document = async (): Promise<string> => {
    const http = { routers: {}, services: {}, middlewares: { again: { retry: { attempts: 10, initialInterval: '50ms' } } } };
    const running = (await list('containers')).filter(({ state, primaryIpAddress }) => state === 'running' && primaryIpAddress);
    for (let number = 0; number < SERVICES; number++) {
      const host = hostOf(number);
      const row = await serving(running.filter(({ labels }) => labels?.host === host));
      if (!row) continue;
      const router = { rule: `Host(\`${host}\`)`, priority: 1000, entryPoints: ['web'], service: host, middlewares: ['again'] };
      Object.assign(http.services, { [host]: { loadBalancer: { servers: [{ url: `http://${row.primaryIpAddress}:8888` }] } } });
      Object.assign(http.routers, { [host]: router });
    }
    return JSON.stringify({ http });
  };

  beforeAll(async () => {
    mooring = await startMooring({ env: { MOORING_PACE: 'recorded', MOORING_ROLLOUT_AT_ONCE: '2' } });
    const { id: stackId } = await rancher('/stacks', { name: 'site' });
    for (let number = 0; number < SERVICES; number++) {
      const labels = { 'autoupdate.enable': 'true', host: hostOf(number) };
      const launchConfig = { imageUuid: 'docker:mooring/demo:1.0', labels, environment: { NUMBER: String(number) } };
      await rancher('/services', { name: `web-${number}`, stackId, scale: 1, startOnCreate: true, launchConfig });
    }
    await until(async () => (await ours()).every(({ state }) => state === 'active'));
    routes = createServer((_request, response) => {
      document().then(
        (text) => response.end(text),
        () => response.writeHead(503).end(),
      );
    });
    await new Promise<void>((resolve) => routes.listen(0, '127.0.0.1', resolve));
    const base = await freeBase();
    traefik = await startTraefik({
      ports: { entry: base, management: base + 1 },
      routes: { url: `http://127.0.0.1:${(routes.address() as AddressInfo).port}`, token: 'nobody-asks-for-it' },
      frontUrl: `http://127.0.0.1:${mooring.base + 3}`,
    });
    for (let number = 0; number < SERVICES; number++)
      await until(async () => (await ask(traefik.origin, '/narrative/', { headers: { host: hostOf(number) } })).status === 200);
  }, 120_000);
  afterAll(async () => {
    await traefik?.close();
    routes?.closeAllConnections();
    routes?.close();
    await mooring?.dispose();
  }, 30_000);

  it('has no request that failed', async () => {
    let turn = 0;
    const headers = () => {
      turn += 1;
      return { host: hostOf(turn % SERVICES) };
    };
    const people = hammer({ origin: traefik.origin, headers });
    const front = `http://127.0.0.1:${mooring.base + 3}`;
    const body = JSON.stringify({ docker_image: 'docker:mooring/demo:2.0', confirm: true, start_first: true, timeout: 60 });
    const answer = await ask(front, '/upgrade', { method: 'POST', headers: JSON_HEADERS, body });
    expect(answer.status).toBe(200);
    const done = await until(
      async () => {
        const rollout = (await ask(front, String(answer.headers.location))).json();
        return rollout.phase !== 'Pending' && rollout.phase !== 'Progressing' && rollout;
      },
      { withinMs: 120_000, everyMs: 250 },
    ).catch((error: unknown) => ({ phase: 'none', message: String(error) }));
    const { bad, statuses } = await people.end();
    expect({ phase: done.phase, message: done.message }).toEqual({ phase: 'Complete', message: `${SERVICES} Upgraded.` });
    expect(bad).toEqual([]);
    expect(Object.keys(statuses)).toEqual(['200']);
    expect(statuses[200]).toBeGreaterThan(500);
    const after = await ours();
    expect(new Set(after.map(({ launchConfig }) => launchConfig.imageUuid))).toEqual(new Set(['docker:mooring/demo:2.0']));
    expect(after.every(({ state }) => state === 'active')).toBe(true);
  }, 180_000);

  it("is not behind Traefik's entry point", async () => {
    expect((await ask(mooring.origin, '/ping')).text).not.toBe('Pong!');
    expect((await ask(`http://127.0.0.1:${mooring.base + 3}`, '/ping')).text).toBe('Pong!');
  });
});
