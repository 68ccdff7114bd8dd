import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LabelRoutes } from './support/label-routes.js';
import { Operator, PAGE, ROUTE_TOKEN } from './support/operator.js';
import { ask } from './support/person.js';
import type { RunningServe } from './support/serve.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { until } from './support/until.js';

/** As a site on Rancher 1.6 runs today: Traefik reads the services' labels. */
describe('mooring serve, with the labels as routes', () => {
  let operator: Operator;
  let serve: RunningServe;
  let labels: LabelRoutes;
  let traefik: RunningTraefik;

  beforeAll(async () => {
    operator = await Operator.open();
    serve = await operator.serve({ MOORING_ROUTES: 'labels' });
    labels = new LabelRoutes(operator.centre.metadataUrl);
    const url = await labels.open();
    traefik = await startTraefik({ ports: operator.ports, routes: { url, token: ROUTE_TOKEN }, frontUrl: serve.front });
    await serve.ready();
  }, 60_000);
  afterAll(async () => {
    await traefik?.close();
    await labels?.close();
    await operator?.close();
  }, 30_000);

  it('leads a person to their own notebook, and nobody else', async () => {
    const [ada, eve] = [operator.signedIn('ada'), operator.signedIn('eve')];
    for (const person of [ada, eve]) expect((await person.ask('/narrative/', { headers: PAGE })).status).toBe(201);
    const [first, second] = [await ada.demoStatus(), await eve.demoStatus()];
    expect(first.instance).not.toBe(second.instance);
    const name = (await operator.centre.services()).find((service) => service.name.startsWith('narrative-ada-'))?.name;
    const status = await until(async () => {
      const answer = await ada.ask(`/narrative_session/${name}`);
      return answer.status === 200 && answer;
    });
    expect(status.json()).toMatchObject({ phase: 'Ready' });
    const cookie = `xnarrative_session=${ada.cookies.get('narrative_session')}`;
    expect((await operator.signedIn('ada').ask('/narrative/api/status', { headers: { cookie } })).status).toBe(503);
    const elsewhere = { host: 'elsewhere.example.org' };
    expect((await ada.ask('/narrative/api/status', { headers: elsewhere })).headers).toHaveProperty('mooring-front');
  }, 40_000);

  it('tells by one id which request was behind what the loop did, and what Rancher was asked', async () => {
    const ids = new Set(operator.centre.gate.behind);
    expect([ids.has(undefined), ids.size]).toEqual([false, 2]);
    const lines = serve
      .stdout()
      .split('\n')
      .filter((line) => line.includes('"msg":"planned"') && line.includes('"step":"create"'));
    const created = lines.map((line) => JSON.parse(line) as { reqId: string; reconcileID: string });
    expect(new Set(created.map(({ reqId }) => reqId))).toEqual(ids);
    for (const { reconcileID } of created) expect(reconcileID).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('has nothing but the fallback in the document, which holds no cookie', async () => {
    const { status, text } = await ask(serve.internal, '/traefik/config', { headers: { authorization: `Bearer ${ROUTE_TOKEN}` } });
    expect(status).toBe(200);
    expect(Object.keys((JSON.parse(text) as { http: { routers: object } }).http.routers)).toEqual(['fallback']);
    expect(text).not.toContain('narrative_session');
  });

  it('lays the waiting page over a session that starts or ends, where Traefik fetches the document beside the labels', async () => {
    labels.fetched = { url: `${serve.internal}/traefik/config`, token: ROUTE_TOKEN };
    const bob = operator.signedIn('bob');
    const path = '/narrative/api/status';
    await until(async () => (await bob.ask(path)).headers['mooring-front'] !== undefined);
    await bob.ask('/narrative/', { headers: PAGE });
    const seen = new Map<string, number>();
    let isOver = false;
    // A tab that polls: it wishes for nothing, and Traefik's own answer would be a broken page for somebody who does.
    const polling = (async () => {
      while (!isOver) {
        const { status, headers } = await bob.ask(path);
        const who = headers['mooring-front'] === undefined ? `another ${status}` : 'the front';
        seen.set(who, (seen.get(who) ?? 0) + 1);
      }
    })();
    await bob.demoStatus();
    const named = async () => (await operator.centre.services()).find(({ name }) => name.startsWith('narrative-bob-'));
    const authorization = bob.cookies.get('kbase_session') as string;
    await until(async () => (await bob.ask('/narrative_status/')).status === 200);
    const ended = await ask(serve.front, '/narrative_shutdown/', { method: 'DELETE', headers: { authorization } });
    expect(ended.status).toBe(200);
    await until(async () => (await named()) === undefined || (await named())?.state === 'removed');
    isOver = true;
    await polling;
    expect(operator.centre.gate.behind.at(-1)).toBe(ended.headers['x-request-id']);
    expect([...seen.keys()].sort()).toEqual(['another 200', 'the front']);
  }, 40_000);

  it('calls no session ready that Traefik does not lead to', async () => {
    await traefik.close();
    const cy = operator.signedIn('cy');
    const cookie = `kbase_session=${cy.cookies.get('kbase_session')}`;
    const wish = async () => (await ask(serve.front, '/narrative/', { headers: { accept: 'application/json', cookie } })).json();
    const told = await until(async () => {
      const { phase, conditions } = await wish();
      const routed = (conditions as { type: string; reason: string }[]).find(({ type }) => type === 'Routed');
      return routed?.reason === 'RouteNotLive' && { phase };
    });
    expect(told).toEqual({ phase: 'Starting' });
  }, 30_000);

  it('ends the same way', async () => {
    expect(await serve.end('SIGTERM')).toMatchObject({ code: 0 });
  }, 20_000);
});
