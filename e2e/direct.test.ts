import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore, type Session } from '../packages/resources/src/index.js';
import { type Hammer, hammer } from './support/hammer.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { type Answer, ask, Person } from './support/person.js';
import { minion, pathMinion, Spawner } from './support/spawner.js';
import { until } from './support/until.js';

const PAGE = { 'sec-fetch-mode': 'navigate', accept: 'text/html' };
const WAIT = { prefer: 'wait=40' };
/** What a busy machine takes for what is done in a second otherwise, in ms. */
const PATIENCE_MS = 60_000;

describe('containers that are asked for by their names', () => {
  let mooring: RunningMooring;
  let spawner: Spawner;
  let first: string;
  let second: string;
  beforeAll(async () => {
    mooring = await startMooring({ env: { MOORING_UNKNOWN_IMAGE: 'error', MOORING_DIRECT_READY_WITHIN: '25' } });
    spawner = await Spawner.open(mooring);
    // It never answers as its label says; what becomes of that is seen at the end.
    await spawner.ask('/deploy', 'POST', minion('mute', { labels: { 'health-check': 'http://mute:9000/nothing' } }));
  }, 120_000);
  afterAll(() => mooring?.dispose(), 30_000);

  const visit = (path: string, headers: Record<string, string>, method: 'GET' | 'POST' = 'GET') =>
    ask(mooring.origin, path, { method, headers, silenceMs: PATIENCE_MS });
  const isFront = ({ headers }: Answer): boolean => headers['mooring-front'] !== undefined;
  /** Its first good answer; of one whose run this is not, where a run is given. */
  const reach = (path: string, headers: Record<string, string>, before?: { pid: number }) =>
    until(
      async () => {
        const answer = await visit(path, { ...PAGE, ...headers });
        if (answer.status !== 200 || isFront(answer)) return false;
        const told = answer.json() as { pid: number; requested: string };
        return told.pid !== before?.pid && told;
      },
      // Each waiting page takes the processor from what is waited for.
      { withinMs: PATIENCE_MS, everyMs: 50, what: () => `${path} of ${headers.cookie?.split('.', 1)[0] ?? 'its container'}` },
    );
  const statusOf = async (name: string) => (await spawner.ask(`/deploy/${name}`)).json().status;
  const stops = (name: string) =>
    until(async () => (await statusOf(name)) === 'exited', { withinMs: PATIENCE_MS, what: () => `${name} to be exited` });
  /** As if it had been idle. */
  const exit = async (headers: Record<string, string>, path = '/exit') => {
    const answer = await visit(path, headers, 'POST');
    expect([answer.status, isFront(answer)]).toEqual([200, false]);
  };

  it('are deployed, listed, and refused where the name is taken or the image is none', async () => {
    [first, second] = (await Promise.all(['minion-1', 'minion-2'].map((name) => spawner.deploy(minion(name))))) as [string, string];
    const { instances } = (await spawner.ask('/deploy/')).json() as { instances: Record<string, unknown>[] };
    expect(instances.map(({ ContainerName }) => ContainerName)).toEqual(['minion-1', 'minion-2', 'mute']);
    expect(instances[0]).toMatchObject({
      ContainerName: 'minion-1',
      ContainerImage: 'mooring/mock-app:latest',
      ContainerLabels: { origin: 'spawner', 'health-check': 'http://minion-1:9000/status' },
      status: 'running',
    });
    const taken = await spawner.ask('/deploy', 'POST', minion('minion-1'));
    expect([taken.status, taken.json().error]).toEqual([409, expect.stringContaining('minion-1')]);
    const unknown = await spawner.ask('/deploy', 'POST', minion('minion-3', { image: 'nobody/nothing:1' }));
    expect([unknown.status, unknown.json().error]).toEqual([400, expect.stringContaining('nobody/nothing:1')]);
  }, 90_000);

  it('are reached by the cookie; without one, or with a wrong one, a browser is led away', async () => {
    expect(await reach('/', { cookie: first })).toMatchObject({ 'connection string': 'db minion-1' });
    expect(await reach('/', { cookie: second })).toMatchObject({ 'connection string': 'db minion-2' });
    const mixed = `instance=minion-1.${second.split('.')[1]}`;
    for (const cookie of ['instance=minion-1', 'instance=minion-6', 'instance=', mixed, `${first}0`]) {
      const { status, headers } = await visit('/', { ...PAGE, cookie });
      expect([cookie.length, status, headers.location]).toEqual([cookie.length, 302, '/home']);
    }
    // The sign-in page of the others is where it was.
    const { headers } = await visit('/', PAGE);
    expect(headers.location).not.toBe('/home');
  }, 90_000);

  it('that have stopped themselves are woken by pages, once however many ask, and by nothing else', async () => {
    const before = await reach('/', { cookie: first });
    await exit({ cookie: first });
    await stops('minion-1');
    for (const [method, more] of [
      ['POST', {}],
      ['GET', { 'sec-fetch-mode': 'cors' }],
    ] as const) {
      const { status, headers } = await visit('/data', { cookie: first, ...more }, method);
      expect([status, headers['retry-after']]).toEqual([503, '5']);
    }
    expect(await statusOf('minion-1')).toBe('exited');
    const [page, ...others] = await Promise.all(Array.from({ length: 10 }, () => visit('/data?x=1', { ...PAGE, cookie: first })));
    expect([page, ...others].map((answer) => answer?.status)).toEqual(Array(10).fill(202));
    expect(page?.text).toContain('Your application is waking up');
    expect(page?.text).toContain('data-status="/narrative_session/-/direct/minion-1"');
    const told = await visit('/narrative_session/-/direct/minion-1', { cookie: first });
    expect([told.status, told.json().name]).toEqual([200, 'minion-1']);
    expect((await visit('/narrative_session/-/direct/minion-1', { cookie: second })).status).toBe(404);
    expect((await reach('/', { cookie: first })).pid).not.toBe(before.pid);
  }, 90_000);

  it('hold a program that prefers to wait, and then lead it on', async () => {
    await exit({ cookie: first });
    await stops('minion-1');
    const { status, headers } = await visit('/?a=b', { cookie: first, ...WAIT });
    expect([status, headers.location, headers['preference-applied']]).toEqual([302, '/?a=b', 'wait=40']);
    expect(isFront(await visit('/?a=b', { cookie: first }))).toBe(false);
    const json = await visit('/', { cookie: first, accept: 'application/json' });
    expect(json.status).toBe(200);
  }, 90_000);

  it('are reached by a path, whose prefix is taken away, also when they were woken there', async () => {
    await spawner.deploy(pathMinion('web-1'));
    await spawner.deploy({
      ...minion('web-2'),
      labels: { 'traefik.http.routers.web-2.rule': 'PathPrefix(`/apps/web-2`)', healthcheck: 'http://web-2:9000/status' },
    } as never);
    expect((await reach('/apps/web-1/', {})).requested).toMatch(/\/$/);
    await exit({}, '/apps/web-1/exit');
    await stops('web-1');
    // Whoever has the cookie of one that runs is not answered by that one.
    const { status, headers } = await visit('/apps/web-1/?q=1', { accept: 'application/json', cookie: first, ...WAIT });
    expect([status, headers.location]).toEqual([302, '/apps/web-1/?q=1']);
    expect((await reach('/apps/web-1/?q=1', {})).requested).toMatch(/\/\?q=1$/);
    // Its program knows nothing at /apps/…, and nothing was taken away.
    expect((await visit('/apps/web-2/', PAGE)).json().requested).toMatch(/\/apps\/web-2\/$/);
  }, 90_000);

  const hostile: [string, number[]][] = [
    ['/apps/../web-1/', [302, 404, 503, 200]],
    ['/apps/web-1/%2e%2e/web-2/', [400, 404]],
    ['/apps/web-1%2f..%2fweb-2/', [400, 404]],
    ['/apps/web-1%5c..%5cweb-2/', [400, 404]],
    ['/apps/$1/', [404]],
    ['/apps/..%2f..%2fetc/passwd', [400, 404]],
    ['/apps/%F0%9F%9A%A2/', [404]],
    ['/apps/%ff/', [400, 404]],
    [`/apps/${'a'.repeat(300)}/`, [404]],
    ['/apps/', [404]],
    ['/apps/WEB-1/', [404]],
  ];
  it.each(hostile)('are not to be had by %s', async (path, statuses) => {
    const answer = await visit(path, PAGE);
    expect(statuses).toContain(answer.status);
    expect(answer.text).not.toContain('connection string');
  });

  it('stop themselves a hundred times while their pages are opened, and nobody gets an error', async () => {
    const names = Array.from({ length: 10 }, (_, number) => `storm-${number}`);
    const cookies = await Promise.all(names.map((name) => spawner.deploy(minion(name))));
    await Promise.all(cookies.map((cookie) => reach('/', { cookie })));
    const blows = cookies.map((cookie) =>
      hammer({ origin: mooring.origin, path: '/', pauseMs: 100, abreast: 1, headers: () => ({ ...PAGE, cookie }) }),
    );
    /** Some two seconds of answers of the container. */
    const goOn = async (blow: Hammer) => {
      const before = blow.statuses[200] ?? 0;
      await until(() => (blow.statuses[200] ?? 0) >= before + 20, { withinMs: PATIENCE_MS, what: () => 'twenty more pages' });
    };
    await Promise.all(blows.map(goOn));
    await Promise.all(
      cookies.map(async (cookie) => {
        let run = await reach('/', { cookie });
        for (let round = 0; round < 10; round++) {
          // While its route is laid anew, only pages get more than a 503.
          await until(async () => (await visit('/exit', { cookie }, 'POST')).status === 200, { withinMs: PATIENCE_MS });
          run = await reach('/', { cookie }, run);
        }
      }),
    );
    await Promise.all(blows.map(goOn));
    const ended = await Promise.all(blows.map((blow) => blow.end()));
    expect(ended.flatMap(({ bad }) => bad)).toEqual([]);
    expect(ended.every(({ statuses }) => (statuses[200] ?? 0) > 0 && (statuses[202] ?? 0) > 0)).toBe(true);
  }, 240_000);

  it('are stopped again, with why, where they do not come up', async () => {
    await stops('mute');
    const { ready, reason } = (await spawner.ask('/deploy/mute')).json();
    expect([ready, reason]).toEqual([false, expect.stringMatching(/^It was not ready within 25 s\. .*is to answer 200/)]);
    expect((await visit('/', { ...PAGE, cookie: first })).status).toBe(200);
  }, 90_000);

  it('are not deleted without the label origin=spawner, nor where they are no deployment', async () => {
    const store = await openStore({ path: join(mooring.data, 'mooring.db') });
    try {
      const session = (await store.get('Session', 'minion-2')) as Session;
      const { origin: _spawner, ...labels } = session.spec.launch.labels;
      await store.create('Session', {
        metadata: { name: 'found-1', labels: session.metadata.labels, finalizers: session.metadata.finalizers },
        spec: { ...session.spec, launch: { ...session.spec.launch, labels }, running: false, route: { type: 'none' } },
      });
    } finally {
      await store.close();
    }
    const person = new Person(mooring.origin, 'alice');
    await person.signIn();
    const { name } = (await person.wish()).json() as { name: string };
    const refused = await spawner.ask('/deploy/found-1', 'DELETE');
    expect([refused.status, refused.json().error]).toEqual([403, 'Only what was deployed here may be deleted here.']);
    expect((await spawner.ask(`/deploy/${name}`, 'DELETE')).status).toBe(404);
    expect((await spawner.ask('/deploy/found-1')).json()).toMatchObject({ ContainerName: 'found-1', status: 'exited' });
    const told = await person.ask(`/narrative_session/${name}`);
    expect([told.status < 300, told.json().phase]).toEqual([true, expect.stringMatching(/Pending|Starting|Ready/)]);
  }, 90_000);

  it('are deleted, and only by who deployed them', async () => {
    const other = await ask(spawner.origin, '/deploy/minion-1', { method: 'DELETE', headers: { token: 'a'.repeat(32) } });
    expect([other.status, other.json().message]).toEqual([401, 'token invalid']);
    expect((await spawner.ask('/deploy/minion-1', 'DELETE')).json()).toEqual({ result: 'ok' });
    expect((await spawner.ask('/deploy/minion-1', 'DELETE')).status).toBe(404);
    expect((await visit('/', { ...PAGE, cookie: first })).status).toBe(302);
  }, 90_000);

  it('have their password told once, and in no log', async () => {
    const password = (await readFile(join(mooring.data, 'admin-password'), 'utf8')).trim();
    expect(mooring.stderr().split(password)).toHaveLength(2);
    for (const log of ['mooring.log', 'traefik.log'])
      expect(await readFile(join(mooring.data, 'logs', log), 'utf8')).not.toContain(password);
  }, 30_000);
});
