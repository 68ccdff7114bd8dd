import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { WebSocket } from 'ws';
import { noteSecret } from '../leaks/watch.js';
import { MOCK_APP_IMAGE, mockAppImage } from '../packages/local-rancher/src/index.js';
import { openStore, type SessionTemplate, type Store } from '../packages/resources/src/index.js';
import { ROOT, runCommand } from './support/command.js';
import { hammer } from './support/hammer.js';
import { Idleness } from './support/idleness.js';
import { Operator, PAGE, ROUTE_TOKEN } from './support/operator.js';
import { ask, type Person } from './support/person.js';
import { named } from './support/real-parts.js';
import { recordedOf, recordStop } from './support/recorded.js';
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
  const tabs = new Map<string, Tab>();

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
    for (const tab of tabs.values()) tab.close();
    await store?.close();
    await traefik?.close();
    await operator?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const sessionOf = (user: string) => recordedOf(store, user);
  const phaseIs = (user: string, phase: string) => until(async () => (await sessionOf(user)).status.phase === phase);
  /** Traefik as it was is ended before another takes its place. */
  const restart = async (start: () => Promise<RunningTraefik>, meanwhile: () => void = () => undefined): Promise<void> => {
    await traefik.close();
    meanwhile();
    traefik = await start();
  };
  const followPolicy = async (changes: object): Promise<void> => {
    const template = (await store.get('SessionTemplate', 'narrative')) as SessionTemplate;
    const idlePolicy = { ...template.spec.idlePolicy, ...changes } as SessionTemplate['spec']['idlePolicy'];
    await store.update('SessionTemplate', { ...template, spec: { ...template.spec, idlePolicy } });
  };
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
    const of = (check: string) => findings.find((finding) => finding.check === check);
    expect(of('Traefik version')).toMatchObject({
      level: 'ok',
      says: expect.stringMatching(/^Traefik is 2\..*from the services' labels$/),
    });
    expect(of("Traefik's metrics")).toMatchObject({ level: 'ok' });
    expect(of("Traefik's entry point")).toMatchObject({ level: 'ok' });
    expect(of("Traefik's HTTP provider")).toMatchObject({ level: 'warning', says: expect.stringContaining('nobody has fetched') });
  }, 30_000);

  test('is restarted, and fetches the document beside the labels: the same notebooks are there', async () => {
    const ada = operator.signedIn('ada');
    await ada.ask('/narrative/', { headers: PAGE });
    const { instance } = await ada.demoStatus();
    await restart(() => startTraefik2({ ...place(), fetched: document() }));
    expect((await ada.demoStatus()).instance).toBe(instance);
  }, 60_000);

  const withoutErrors = async (): Promise<void> => {
    const ada = await open('ada');
    const strike = (cookie: string) => hammer({ origin: traefik.origin, headers: () => ({ ...ada.headers, cookie, ...NAVIGATE }) });
    for (let round = 0; round < 3; round++) {
      const { instance } = await ada.demoStatus();
      // Whoever is signed out has the route's cookie and can't wake it.
      const signedOut = strike(`narrative_session=${ada.cookies.get('narrative_session')}`);
      await until(() => signedOut.statuses[200]);
      await recordStop(store, 'ada');
      await phaseIs('ada', 'Stopped');
      const owner = strike(ada.cookie);
      await until(async () => (await ada.demoStatus()).instance !== instance);
      await phaseIs('ada', 'Ready');
      await until(() => owner.statuses[200]);
      const [woken, stopped] = [await owner.end(), await signedOut.end()];
      expect([round, woken.bad, stopped.bad]).toEqual([round, [], []]);
      expect(stopped.statuses[302]).toBeGreaterThan(0);
    }
  };
  test('answers no page with an error while a session stops and is woken', withoutErrors, 120_000);
  test('nor where it asks for the labels each second only', async () => {
    await restart(() => startTraefik2({ ...place(), fetched: document(), polls: 'each second' }));
    await withoutErrors();
  }, 120_000);

  test('leads to what is deployed by the labels of a deployment, and wakes it', async () => {
    const spawner = await Spawner.signIn(`http://127.0.0.1:${operator.ports.entry + 5}`, USER);
    const visit = (path: string, headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') =>
      ask(traefik.origin, path, { method, headers, silenceMs: 60_000 });
    const reach = (path: string, headers: Record<string, string> = {}, before?: unknown) =>
      until(async () => {
        const answer = await visit(path, { ...NAVIGATE, ...headers });
        const told = answer.status === 200 && answer.headers['mooring-front'] === undefined && answer.json();
        return told && told.pid !== before && told;
      });
    await spawner.deploy(pathMinion('web-1'));
    const cookie = await spawner.deploy(minion('minion-1'));
    // Its middleware takes the prefix away.
    expect((await reach('/apps/web-1/?q=1')).requested).toMatch(/^[^/]*\/\?q=1$/);
    expect((await visit('/apps/web-1/status', {})).json().requested).toMatch(/^[^/]*\/status$/);
    expect(await reach('/', { cookie })).toMatchObject({ 'connection string': 'db minion-1' });
    const others = { 'traefik.http.routers.web-1.rule': 'PathPrefix("/apps/web-1")' };
    const refused = await spawner.ask('/deploy', 'POST', { ...minion('web-2'), labels: others });
    expect([refused.status, refused.json().error]).toEqual([400, expect.stringContaining('web-2')]);
    for (const [path, headers] of [
      ['/apps/web-1/', {}],
      ['/', { cookie }],
    ] as const) {
      const { pid } = await reach(path, headers);
      await visit(`${path}exit`, headers, 'POST');
      expect((await reach(path, headers, pid)).pid).not.toBe(pid);
    }
  }, 120_000);

  test('says who is there: a websocket keeps its session, and what was closed is stopped', async () => {
    const users = ['dave', 'erin', 'frank'];
    for (const user of users) tabs.set(user, await Tab.open(await open(user), '/narrative/ws'));
    await followPolicy({ sources: ['traefik-connections'], afterSeconds: WINDOW_S });
    const [dave = '', erin = '', frank = ''] = await Promise.all(users.map(async (user) => (await sessionOf(user)).metadata.name));
    const says = (name: string, words: string) =>
      until(async () => (await idleness.explain(name))?.idle?.sources.some(({ said }) => said.includes(words)));
    for (const name of [dave, erin, frank]) await says(name, '1 connection open at Traefik');
    tabs.get('dave')?.close();
    const { events } = await idleness.untilPhase(dave, 'Stopped');
    expect(events[0]?.readings['traefik-connections']).toContain('nothing open at Traefik since');
    // A Traefik that has just started has seen nobody: erin's page connects to it again, and whether frank is there nobody can tell.
    await restart(
      () => startTraefik2({ ...place(), fetched: document() }),
      () => tabs.get('frank')?.close(),
    );
    await tabs.get('erin')?.connected();
    await idleness.untilLooked(3 * WINDOW_S);
    expect(await idleness.explain(erin)).toMatchObject({ phase: 'Ready', idle: { verdict: 'active' }, events: [] });
    expect(await idleness.explain(frank)).toMatchObject({ phase: 'Ready', idle: { verdict: 'unknown' }, events: [] });
  }, 120_000);

  test('is replaced by Traefik 3, and comes back: the same notebook answers, however Traefik has its routes', async () => {
    const eve = operator.signedIn('eve');
    await eve.ask('/narrative/', { headers: PAGE });
    const { instance } = await eve.demoStatus();
    const three = () => startTraefik({ ports: operator.ports, routes: document(), frontUrl: serve.front });
    for (const [start, routes] of [
      [three, 'http'],
      [() => startTraefik2({ ...place(), fetched: document() }), 'labels'],
    ] as const) {
      await restart(start);
      expect([routes, (await eve.demoStatus()).instance]).toEqual([routes, instance]);
      await open(`newcomer-${routes}`);
    }
  }, 120_000);
});
