import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { Idleness } from './support/idleness.js';
import { findJupyterImage, Notebook } from './support/notebook.js';
import { Operator, ROUTE_TOKEN } from './support/operator.js';
import { ask, type Person } from './support/person.js';
import { missing, withPart } from './support/real-parts.js';
import type { RunningServe } from './support/serve.js';
import { Tab } from './support/tab.js';
import { type RunningTraefik, startTraefik } from './support/traefik.js';

const jupyter = await findJupyterImage();
const test = withPart('JupyterLab', jupyter !== undefined);

const WINDOW_S = 3;
const GRACE_S = 1;
const TICK_S = 1;
/** For the route to be seen gone, the last question and the removal, on a machine that is busy with other tests; the simulation has exact bounds. */
const END_S = 20;
/** Longer than any test. */
const LONG = '3600';
const JUPYTER = { image_name: 'mooring/jupyter', reaper_timeout_secs: LONG };
const DEMO = { image_name: 'mooring/demo', reaper_timeout_secs: String(WINDOW_S) };

interface Somebody {
  person: Person;
  session: string;
}

/**
 * A site with the real Traefik 3, real Jupyters and demos. alice and bob compute, alice with her page open and bob without; dave has a silent
 * page open; carol and eve have one open for a while.
 */
describe('who uses what, whatever is restarted or cut off', () => {
  let operator: Operator;
  let traefik: RunningTraefik;
  let serve: RunningServe;
  let idleness: Idleness;
  const tabs = new Map<string, Tab>();
  const people = new Map<string, Somebody>();
  const kernels = new Map<string, string>();

  const openTraefik = async (): Promise<void> => {
    const { ports } = operator;
    const [frontUrl, internal] = [ports.front, ports.internal].map((port) => `http://127.0.0.1:${port}`) as [string, string];
    traefik = await startTraefik({ ports, routes: { url: `${internal}/traefik/config`, token: ROUTE_TOKEN }, frontUrl, idleMs: 1000 });
  };
  const openServe = async (changes: Record<string, string | undefined>, data?: string): Promise<void> => {
    const short = {
      // Jupyter serves this machine's names only.
      hostname: undefined,
      narrative_version_url: undefined,
      image_tag: 'latest',
      traefik_metrics: `http://127.0.0.1:${operator.ports.management}/metrics`,
      MOORING_TRAEFIK_IDLE: '1',
      MOORING_REAPER_SCHEDULE: '* * * * * *',
      MOORING_REAPER_GRACE: String(GRACE_S),
    };
    serve = await operator.serve({ ...short, ...changes }, data);
    await serve.ready();
    idleness = new Idleness(serve.internal);
  };
  const openNotebook = async (user: string): Promise<void> => {
    const notebook = new Notebook(operator.signedIn(user, {}));
    people.set(user, { person: notebook.person, session: await notebook.open() });
    const kernel = await notebook.openKernel();
    tabs.set(user, kernel.tab);
    kernels.set(user, kernel.id);
    if (user !== 'carol') await notebook.compute(kernel);
  };
  const openDemo = async (user: string): Promise<void> => {
    const person = operator.signedIn(user, {});
    const { headers } = await person.wish();
    await person.demoStatus();
    tabs.set(user, await Tab.open(person, '/narrative/ws'));
    people.set(user, { person, session: String(headers.location).split('/').at(-1) as string });
  };
  const sessionOf = (user: string): string => people.get(user)?.session ?? '';
  const expectUnmarked = async (...users: string[]): Promise<void> => {
    for (const user of users) expect([user, await idleness.explain(sessionOf(user))]).toMatchObject([user, { phase: 'Ready', events: [] }]);
  };

  beforeAll(async () => {
    if (!jupyter) return missing('JupyterLab');
    operator = await Operator.open(jupyter);
    await openServe(JUPYTER);
    await openTraefik();
    await Promise.all(['alice', 'bob', 'carol'].map(openNotebook));
    tabs.get('bob')?.close();
    // The image changes, and so does the time after which sessions are idle: that reaches those that there are.
    await serve.end('SIGTERM');
    await openServe(DEMO, serve.data);
    await Promise.all(['dave', 'eve'].map(openDemo));
  }, 200_000);
  afterAll(async () => {
    for (const tab of tabs.values()) tab.close();
    await traefik?.close();
    await operator?.close();
  }, 60_000);

  test('outlives three idle windows: a kernel that computes, with its page open or closed, and a silent page', async () => {
    await idleness.untilLooked(3 * WINDOW_S);
    expect((await idleness.explain(sessionOf('bob')))?.idle).toMatchObject({ policy: { afterSeconds: WINDOW_S }, verdict: 'active' });
    await expectUnmarked('alice', 'bob', 'carol', 'dave', 'eve');
  }, 120_000);

  test('ends in time once nobody uses it', async () => {
    const leftAt = Date.now();
    tabs.get('carol')?.close();
    await idleness.untilGone(sessionOf('carol'));
    const afterS = (Date.now() - leftAt) / 1000;
    expect(afterS).toBeGreaterThanOrEqual(WINDOW_S + GRACE_S);
    expect(afterS).toBeLessThan(WINDOW_S + TICK_S + GRACE_S + END_S);
    await expectUnmarked('alice', 'bob', 'dave', 'eve');
  }, 60_000);

  test('stays while it is used when Traefik is restarted, and when Mooring is killed', async () => {
    await traefik.close();
    await openTraefik();
    for (const user of ['alice', 'dave', 'eve']) await tabs.get(user)?.connected();
    await idleness.untilLooked(WINDOW_S + 1);
    await expectUnmarked('alice', 'bob', 'dave', 'eve');
    await serve.end('SIGKILL');
    await openServe(DEMO, serve.data);
    await idleness.untilLooked(WINDOW_S + 1);
    await expectUnmarked('alice', 'bob', 'dave', 'eve');
  }, 120_000);

  test('stays while nobody can tell, used or not, and goes if it is not used when sight is back', async () => {
    await operator.centre.gate.shut();
    await traefik.close();
    operator.centre.freezeContainers();
    tabs.get('eve')?.close();
    await idleness.untilLooked(2);
    const reaper = await ask(serve.front, '/reaper/');
    expect([reaper.status, reaper.text]).toEqual([503, expect.stringMatching(/^Reaper error: /)]);
    await idleness.untilLooked(WINDOW_S);
    for (const user of ['alice', 'bob', 'dave', 'eve'])
      expect([user, await idleness.explain(sessionOf(user))]).toMatchObject([user, { idle: { verdict: 'unknown' }, events: [] }]);
    operator.centre.thawContainers();
    await operator.centre.gate.open();
    await openTraefik();
    await idleness.untilGone(sessionOf('eve'));
    await idleness.untilLooked(WINDOW_S + 1);
    await expectUnmarked('alice', 'bob', 'dave');
  }, 120_000);

  test('was kept for nothing but its use: it goes when that ends', async () => {
    tabs.get('dave')?.close();
    const bob = people.get('bob') as Somebody;
    await new Notebook(bob.person).interrupt(kernels.get('bob') ?? '');
    await Promise.all(['bob', 'dave'].map((user) => idleness.untilGone(sessionOf(user))));
    await expectUnmarked('alice');
  }, 60_000);
});
