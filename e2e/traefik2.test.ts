import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { WebSocket } from 'ws';
import { noteSecret } from '../leaks/watch.js';
import { MOCK_APP_IMAGE, mockAppImage } from '../packages/local-rancher/src/index.js';
import { ConflictError, openStore, type Session, type Store } from '../packages/resources/src/index.js';
import { ROOT, runCommand } from './support/command.js';
import { hammer } from './support/hammer.js';
import { Idleness } from './support/idleness.js';
import { Operator, PAGE, ROUTE_TOKEN } from './support/operator.js';
import { ask, type Person } from './support/person.js';
import { named } from './support/real-parts.js';
import type { RunningServe } from './support/serve.js';
import { minion, pathMinion, Spawner } from './support/spawner.js';
import { Tab } from './support/tab.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';
import { startTraefik2, TRAEFIK_2 } from './support/traefik2.js';
import { until } from './support/until.js';

const test = named('MOORING_TEST_TRAEFIK2', TRAEFIK_2);
const WINDOW_S = 3;
const USER = { username: 'deployer', password: 'e2e-password-of-the-deployer' };
const NAVIGATE = { 'sec-fetch-mode': 'navigate', accept: 'text/html' };

/** A site that runs Traefik 2 with its Rancher provider, and then moves on to Traefik 3. Nothing tells Mooring which it is but Traefik. */
describe('mooring serve, with the real Traefik 2', () => {
  let operator: Operator;
  let serve: RunningServe;
  let traefik: RunningTraefik;
  let store: Store;
  let folder: string;
  let idleness: Idleness;
  let environment: Record<string, string>;
  const tabs: Tab[] = [];

  const place = () => ({
    ports: operator.ports,
    metadataUrl: operator.centre.metadataUrl,
    frontUrl: `http://127.0.0.1:${operator.ports.front}`,
  });
  const ownPlaces = () => ({
    PATH: process.env.PATH,
    MOORING_DATA: serve.data,
    MOORING_LISTEN: `127.0.0.1:${operator.ports.front}`,
    MOORING_INTERNAL_LISTEN: `127.0.0.1:${operator.ports.internal}`,
  });
  const document = () => ({ url: `${serve.internal}/traefik/config`, token: ROUTE_TOKEN });

  beforeAll(async () => {
    if (TRAEFIK_2 === undefined) return;
    folder = await mkdtemp(join(tmpdir(), 'mooring-traefik2-users-'));
    const users = join(folder, 'users');
    noteSecret(USER.password);
    await writeFile(users, `${USER.username},${createHash('sha256').update(USER.password).digest('hex')}\n`);
    operator = await Operator.open({ [MOCK_APP_IMAGE]: mockAppImage });
    const changes = {
      MOORING_ROUTES: 'auto',
      MOORING_TRAEFIK_API_URL: undefined,
      traefik_metrics: `http://127.0.0.1:${operator.ports.management}/metrics`,
      MOORING_DIRECT: 'cookie,path',
      MOORING_DIRECT_LISTEN: `127.0.0.1:${operator.ports.entry + 5}`,
      MOORING_DIRECT_USERS_FILE: users,
      MOORING_IDLE_ACTION: 'Stop',
      MOORING_TRAEFIK_IDLE: '1',
      reaper_timeout_secs: '3600',
      MOORING_REAPER_SCHEDULE: '* * * * * *',
      MOORING_REAPER_GRACE: '0',
    };
    serve = await operator.serve(changes);
    environment = Object.fromEntries(
      Object.entries({ ...operator.environment, ...changes, ...ownPlaces() }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    );
    store = await openStore({ path: join(serve.data, 'mooring.db') });
    idleness = new Idleness(serve.internal);
    traefik = await startTraefik2(place());
    await serve.ready();
  }, 90_000);
  afterAll(async () => {
    for (const tab of tabs) tab.close();
    await store?.close();
    await traefik?.close();
    await operator?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const sessionOf = async (user: string): Promise<Session> => {
    const { items } = await store.list('Session');
    return items.find(({ spec }) => spec.owner.name === user) as Session;
  };
  const phaseIs = (user: string, phase: string) => until(async () => (await sessionOf(user)).status.phase === phase);
  /** What the reaper records. */
  const recordStop = (user: string): Promise<Session> =>
    until(async () => {
      const session = await sessionOf(user);
      return store.update('Session', { ...session, spec: { ...session.spec, running: false } }).catch((error: unknown) => {
        if (!(error instanceof ConflictError)) throw error;
        return undefined;
      });
    });
  const open = async (user: string): Promise<Person> => {
    const person = operator.signedIn(user);
    expect((await person.ask('/narrative/', { headers: PAGE })).status).toBe(201);
    await person.demoStatus();
    await phaseIs(user, 'Ready');
    return person;
  };

  test('leads people to their own notebooks by the labels alone, websockets too', async () => {
    const ada = await open('ada');
    await open('eve');
    const { origin, headers, cookie } = ada;
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/narrative/ws`, { headers: { ...headers, cookie } });
    const [hello] = await once(socket, 'message');
    expect(JSON.parse(String(hello)).instance).toBe((await ada.demoStatus()).instance);
    socket.send('ping');
    expect(String((await once(socket, 'message'))[0])).toBe('ping');
    socket.close();
    const forged = { cookie: `xnarrative_session=${ada.cookies.get('narrative_session')}` };
    expect((await ada.ask('/narrative/api/status', { headers: forged })).status).toBe(503);
  }, 60_000);

  test('is found to be one by the doctor', async () => {
    const running = runCommand(process.execPath, [join(ROOT, 'packages/mooring/dist/main.js'), 'doctor', '--json'], environment);
    await new Promise((resolve) => running.child.once('close', resolve));
    const { findings } = JSON.parse(running.stdout()) as { findings: { check: string; level: string; says: string }[] };
    console.log(findings.map((f) => `${f.level} ${f.check}: ${f.says}`).join('\n'));
  }, 30_000);

  test('is started anew, and fetches the document beside the labels', async () => {
    const at = Date.now();
    await traefik.close();
    traefik = await startTraefik2({ ...place(), fetched: document() });
    const ada = operator.signedIn('ada');
    await ada.ask('/narrative/', { headers: PAGE });
    await ada.demoStatus();
    console.log('restart', Date.now() - at);
  }, 60_000);

  test('stops and wakes', async () => {
    const ada = await open('ada');
    let { instance } = await ada.demoStatus();
    for (let round = 0; round < 10; round++) {
      const blows = hammer({ origin: traefik.origin, headers: () => ({ ...ada.headers, cookie: ada.cookie, ...NAVIGATE }) });
      const signedOut = hammer({ origin: traefik.origin, path: '/narrative/api/status', headers: () => ({ ...ada.headers, cookie: `narrative_session=${ada.cookies.get('narrative_session')}` }) });
      await until(() => signedOut.statuses[200]);
      const quiet = await blows.end();
      await recordStop('ada');
      await phaseIs('ada', 'Stopped');
      const stopped = { ...signedOut.statuses };
      const owner = hammer({ origin: traefik.origin, headers: () => ({ ...ada.headers, cookie: ada.cookie, ...NAVIGATE }) });
      const next = await until(async () => {
        const told = await ada.demoStatus();
        return told.instance !== instance && told;
      });
      instance = next.instance;
      await phaseIs('ada', 'Ready');
      await until(() => owner.statuses[200]);
      const woken = await owner.end();
      const tab = await signedOut.end();
      console.log(JSON.stringify({ round, quiet, stopped, woken, tab: { statuses: tab.statuses, bad: tab.bad.filter((line) => !line.endsWith(' 503')).slice(0, 20) } }));
    }
  }, 120_000);

  test('deployments', async () => {
    const spawner = await Spawner.signIn(`http://127.0.0.1:${operator.ports.entry + 5}`, USER);
    const visit = (path: string, headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') => ask(traefik.origin, path, { method, headers, silenceMs: 60_000 });
    await spawner.deploy(pathMinion('web-1'));
    const cookie = await spawner.deploy(minion('minion-1'));
    const refused = await spawner.ask('/deploy', 'POST', { ...minion('web-2'), labels: { 'traefik.http.routers.web-1.rule': 'PathPrefix("/apps/web-1")' } });
    console.log(refused.status, refused.text);
    const web = await until(async () => { const a = await visit('/apps/web-1/', NAVIGATE); return a.status === 200 && a; });
    console.log(web.text);
    const byCookie = await visit('/', { ...NAVIGATE, cookie });
    console.log(byCookie.status);
    for (let round = 0; round < 5; round++) {
      const blows = hammer({ origin: traefik.origin, path: '/apps/web-1/', headers: () => NAVIGATE, abreast: 1 });
      await until(() => (blows.statuses[200] ?? 0) > 20);
      const before = (await visit('/apps/web-1/', NAVIGATE)).json().pid;
      const t = Date.now();
      await until(async () => (await visit('/apps/web-1/exit', {}, 'POST')).status === 200);
      await until(async () => { const a = await visit('/apps/web-1/', NAVIGATE); return a.status === 200 && a.headers['mooring-front'] === undefined && a.json().pid !== before; }, { withinMs: 30_000 });
      const wokenMs = Date.now() - t;
      const ended = await blows.end();
      console.log(JSON.stringify({ round, wokenMs, exitedAt: new Date(t).toISOString(), statuses: ended.statuses, bad: [ended.bad[0], ended.bad.at(-1)], n: ended.bad.length }));
    }
  }, 120_000);
});
