import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { ROOT, runCommand } from './support/command.js';
import { Idleness } from './support/idleness.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { findJupyterImage, Notebook } from './support/notebook.js';
import { ask, Person } from './support/person.js';
import { missing, withPart } from './support/real-parts.js';
import type { Tab } from './support/tab.js';
import { until } from './support/until.js';

const jupyter = await findJupyterImage();
const test = withPart('JupyterLab', jupyter !== undefined);

const WINDOW_S = 2;
const TICK_S = 1;
/** For the route to be seen gone and the last question, on a machine that is busy with other tests; the simulation has exact bounds. */
const END_S = 20;
const PAGE = { 'sec-fetch-mode': 'navigate', accept: 'text/html' };
const JSON_HEADERS = { accept: 'application/json' };

interface ContainerRecord {
  id: string;
  serviceIds: string[];
  startCount: number;
  state: string;
}

/** npm start with the shortest times that can be set, and a real JupyterLab a person. */
describe('a notebook that nobody uses', () => {
  let mooring: RunningMooring;
  let idleness: Idleness;
  let alice: Notebook;
  let bob: Notebook;
  let page: Tab | undefined;
  const names = { alice: '', bob: '' };
  beforeAll(async () => {
    if (!jupyter) return missing('JupyterLab');
    const env = {
      MOORING_IMAGE: 'mooring/jupyter',
      reaper_timeout_secs: String(WINDOW_S),
      MOORING_REAPER_SCHEDULE: '* * * * * *',
      MOORING_REAPER_GRACE: '0',
    };
    mooring = await startMooring({ by: 'npm', env });
    idleness = new Idleness(`http://127.0.0.1:${mooring.base + 4}`);
    alice = new Notebook(new Person(mooring.origin, 'alice'));
    bob = new Notebook(new Person(mooring.origin, 'bob'));
    for (const { person } of [alice, bob]) await person.signIn();
  }, 120_000);
  afterAll(async () => {
    page?.close();
    await mooring?.dispose();
  }, 30_000);

  const containers = async (): Promise<ContainerRecord[]> => {
    const { text } = await ask(`http://127.0.0.1:${mooring.base + 1}`, '/v2-beta/projects/1a5/containers', { headers: JSON_HEADERS });
    return (JSON.parse(text) as { data: ContainerRecord[] }).data;
  };

  test('comes up, though that takes longer than the window, and is stopped when nobody has used it for that long', async () => {
    names.bob = await bob.open();
    page = (await bob.openKernel()).tab;
    names.alice = await alice.open();
    expect((await alice.save('kept.txt', 'what alice wrote')).status).toBe(201);
    const lastUsed = Date.now();
    const { events } = await idleness.untilPhase(names.alice, 'Stopped');
    const [end] = events;
    expect(end).toMatchObject({ reason: 'Stopped', readings: { jupyter: expect.stringContaining('quiet') } });
    const afterS = (Date.parse(end?.at ?? '') - lastUsed) / 1000;
    expect(afterS).toBeGreaterThanOrEqual(WINDOW_S);
    expect(afterS).toBeLessThan(WINDOW_S + TICK_S + END_S);
  }, 120_000);

  test('is explained', async () => {
    const main = `${ROOT}/packages/mooring/dist/main.js`;
    const running = runCommand(process.execPath, [main, 'explain', names.alice], { PATH: process.env.PATH, MOORING_DATA: mooring.data });
    await new Promise((resolve) => running.child.once('close', resolve));
    expect([running.child.exitCode, running.stderr()]).toEqual([0, '']);
    for (const words of [
      `${names.alice} of alice: Stopped`,
      'As the running Mooring says.',
      'Nobody used it: it is stopped.',
      'quiet since',
    ])
      expect(running.stdout()).toContain(words);
    expect((await idleness.explain(names.bob))?.idle).toMatchObject({ verdict: 'active' });
  }, 30_000);

  test('is not woken by a tab that polls and saves', async () => {
    const background = [
      await alice.person.ask('/narrative/api/kernels', { headers: { 'sec-fetch-mode': 'cors', ...JSON_HEADERS } }),
      await alice.save('kept.txt', 'lost'),
    ];
    for (const { status, headers } of background)
      expect([status, headers['retry-after'], headers['content-type']]).toEqual([503, '5', expect.stringContaining('problem+json')]);
    await idleness.untilLooked(2);
    expect(await idleness.explain(names.alice)).toMatchObject({ phase: 'Stopped' });
  }, 30_000);

  test('is woken once by navigations however many, in its container, with its files', async () => {
    const before = await containers();
    const pages = await Promise.all(Array.from({ length: 10 }, () => alice.person.ask('/narrative/', { headers: PAGE })));
    expect(pages.map(({ status }) => status)).toEqual(Array(10).fill(201));
    await alice.answers();
    expect(await alice.read('kept.txt')).toBe('what alice wrote');
    const after = await containers();
    const ids = (records: ContainerRecord[]): string[] => records.map(({ id }) => id).sort();
    expect(ids(after)).toEqual(ids(before));
    const started = (records: ContainerRecord[]): number => records.reduce((sum, { startCount }) => sum + startCount, 0);
    expect(started(after)).toBe(started(before) + 1);
  }, 60_000);

  test('is stopped again, and what is used was never even marked', async () => {
    await idleness.untilPhase(names.alice, 'Stopped');
    expect(await idleness.explain(names.bob)).toMatchObject({ phase: 'Ready', events: [] });
  }, 60_000);
});

/** Nothing is looked for by itself but in January. */
describe('GET /reaper/ of a Mooring that looks seldom', () => {
  let mooring: RunningMooring;
  beforeAll(async () => {
    const env = { reaper_timeout_secs: String(WINDOW_S), MOORING_REAPER_SCHEDULE: '0 0 0 1 1 *', MOORING_REAPER_GRACE: '0' };
    mooring = await startMooring({ env });
  }, 120_000);
  afterAll(() => mooring?.dispose(), 30_000);

  const reaper = (headers = {}) => ask(`http://127.0.0.1:${mooring.base + 3}`, '/reaper/', { headers });

  withPart('', true)(
    'makes a pass and tells what came of it',
    async () => {
      const person = new Person(mooring.origin, 'carol');
      await person.openDemo();
      expect((await reaper(JSON_HEADERS)).json()).toMatchObject({ seen: 1, stopped: 0, deleted: 0, failed: [] });
      const report = await until(async () => {
        const { status, json } = await reaper(JSON_HEADERS);
        return status === 200 && Number(json().stopped) > 0 && json();
      });
      expect(report).toMatchObject({ seen: 1, stopped: 1, deleted: 0, failed: [] });
      expect((await person.ask(`/narrative_session/${await nameOf(person)}`)).json()).toMatchObject({ phase: 'Stopped' });
      expect(await reaper()).toMatchObject({ status: 200, text: 'Reaper success: 0 deleted\n' });
      const forwarded = await reaper({ 'x-forwarded-for': '192.0.2.1' });
      expect([forwarded.status, forwarded.text]).toEqual([403, expect.stringMatching(/^Reaper error: access denied from IP /)]);
    },
    60_000,
  );

  const nameOf = async (person: Person): Promise<string> => {
    const services = await ask(`http://127.0.0.1:${mooring.base + 1}`, '/v2-beta/projects/1a5/services', { headers: JSON_HEADERS });
    const { data } = JSON.parse(services.text) as { data: { name: string }[] };
    return data.find(({ name }) => name.includes(person.user))?.name ?? '';
  };
});
