import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT, runCommand } from './support/command.js';
import { KEY } from './support/data-centre.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { Operator, PAGE } from './support/operator.js';
import { ask, Person } from './support/person.js';
import type { RunningServe } from './support/serve.js';
import { until } from './support/until.js';

interface Plan {
  rancher: { stackId: string };
  store: { usedBy?: number };
  sessions: { name: string; owner: string; phase: string; step: string; why: string }[];
  strays: { name: string }[];
  others: number;
  drift: { session: string; environment: string[]; image?: object }[];
  pools: { name: string; size: number; ready: number }[];
}

/** `mooring plan` with these environment variables and no others. */
async function plan(env: Record<string, string>, ...options: string[]) {
  const running = runCommand(process.execPath, [join(ROOT, 'packages/mooring/dist/main.js'), 'plan', ...options], {
    PATH: process.env.PATH,
    ...env,
  });
  await new Promise((resolve) => running.child.once('close', resolve));
  return { code: running.child.exitCode, out: running.stdout(), err: running.stderr() };
}

async function planned(env: Record<string, string>): Promise<Plan> {
  const { code, out, err } = await plan(env, '--json');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Plan;
}

describe('mooring plan beside mooring start', () => {
  let mooring: RunningMooring;
  beforeAll(async () => {
    mooring = await startMooring({ env: { num_prespawn: '1' } });
  }, 120_000);
  afterAll(() => mooring?.dispose(), 30_000);

  it('needs to know the data folder only, and finds nothing to do at rest', async () => {
    await new Person(mooring.origin, 'alice').openDemo();
    const env = { MOORING_DATA: mooring.data };
    const found = await until(async () => {
      const now = await planned(env);
      return now.sessions.length === 2 && now.sessions.every(({ step }) => step === 'settled') && now;
    });
    expect(found.sessions.map(({ owner, phase }) => [owner, phase])).toContainEqual(['alice', 'Ready']);
    expect(found).toMatchObject({ strays: [], others: 0, drift: [], pools: [{ name: 'narrative', size: 1, ready: 1 }] });
    expect(found.store.usedBy).toBe(mooring.child.pid);
    const { code, out } = await plan(env);
    expect(code).toBe(0);
    expect(out).toMatch(/^SESSION +OWNER +PHASE +STEP +WHY$/m);
    expect(out).toMatch(/^narrative-alice-\S+ +alice +Ready +settled +There is nothing to do\.$/m);
  }, 60_000);

  it('says how to go on where nothing runs, and makes no folder', async () => {
    const nowhere = join(mooring.data, 'nowhere');
    const refused = await plan({ MOORING_DATA: nowhere }, '--local');
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`Nothing runs on the data folder ${nowhere}`) });
    expect((await plan({ MOORING_DATA: nowhere })).code).toBe(2);
    await expect(stat(nowhere)).rejects.toThrow('ENOENT');
  });
});

describe('mooring plan with the environment of mooring serve', () => {
  let operator: Operator;
  let data: string;
  let serve: RunningServe;
  beforeAll(async () => {
    operator = await Operator.open();
    data = await mkdtemp(join(tmpdir(), 'mooring-plan-'));
    serve = await operator.serve({}, data);
    await serve.ready();
  }, 60_000);
  afterAll(async () => {
    await operator?.close();
    await rm(data, { recursive: true, force: true });
  }, 30_000);

  const environment = () => ({ ...operator.environment, MOORING_DATA: data });
  const openedBy = async (user: string): Promise<void> => {
    const cookie = `kbase_session=${operator.signedIn(user).cookies.get('kbase_session')}`;
    await ask(serve.front, '/narrative/', { headers: { ...PAGE, cookie } });
    await until(async () => (await operator.centre.services()).some(({ name, state }) => name.includes(user) && state === 'active'));
  };

  it('tells drift by name after the configuration has changed, and changes nothing', async () => {
    await openedBy('ada');
    await serve.end('SIGTERM');
    const another = `another-${operator.serviceToken}`;
    serve = await operator.serve({ NARRENV_SERVICE_TOKEN: another, NARRENV_NEW: 'x' }, data);
    await serve.ready();
    const before = await operator.centre.services();
    const { code, out } = await plan(environment(), '--json');
    expect(code).toBe(0);
    const { drift, sessions } = JSON.parse(out) as Plan;
    expect(drift).toEqual([
      expect.objectContaining({ session: sessions[0]?.name, environment: ['NEW', 'SERVICE_TOKEN'], labels: [], fields: [] }),
    ]);
    for (const secret of [operator.serviceToken, KEY.secret, before[0]?.launchConfig.labels.session_id]) expect(out).not.toContain(secret);
    expect(await operator.centre.services()).toEqual(before);
  }, 60_000);

  it('tells what the next start would do while nothing runs, from a store that it leaves as it is', async () => {
    await serve.end('SIGTERM');
    const [service] = await operator.centre.services();
    await operator.centre.removeService(service?.id ?? '');
    const database = await readFile(join(data, 'mooring.db'));
    const found = await planned(environment());
    expect(found.sessions).toEqual([
      expect.objectContaining({ owner: 'ada', step: 'create', why: expect.stringContaining('created anew') }),
    ]);
    expect(found.store.usedBy).toBeUndefined();
    expect(await readFile(join(data, 'mooring.db'))).toEqual(database);
    expect(await readdir(join(data, 'lock'))).toEqual([]);
  }, 30_000);

  it.each([
    ['Rancher is down', { rancher_url: 'http://127.0.0.1:9/v2-beta' }, /correct rancher_url/],
    ['the key is wrong', { rancher_password: 'wrong' }, /401.*Correct rancher_user and rancher_password/],
    ['the store is missing', { MOORING_DATA: '/nonexistent/data' }, /no store \/nonexistent\/data\/mooring\.db .*set MOORING_DATA/],
  ])('tells the cure where %s', async (_what, changes, cure) => {
    const { code, out, err } = await plan({ ...environment(), ...changes });
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(cure);
    expect(err).not.toContain(KEY.secret);
  });

  it('refuses a wrong configuration', async () => {
    expect(await plan({ ...environment(), image_name: 'a:1' })).toMatchObject({ code: 2, err: expect.stringContaining('image_name=') });
  });
});
