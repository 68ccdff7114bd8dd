import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ActivitySourceName, openStore } from '../packages/resources/src/index.js';
import { Idleness } from './support/idleness.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { Person } from './support/person.js';
import { Tab } from './support/tab.js';

const WINDOW_S = 2;
/** An image that says nothing of itself is judged by these, with Traefik 3. */
const SOURCES: ActivitySourceName[] = ['front', 'traefik-requests', 'connections'];

describe('what is judged by the connections in its container', () => {
  let mooring: RunningMooring;
  let idleness: Idleness;
  let tab: Tab | undefined;
  beforeAll(async () => {
    const env = { reaper_timeout_secs: String(WINDOW_S), MOORING_REAPER_SCHEDULE: '* * * * * *', MOORING_REAPER_GRACE: '0' };
    mooring = await startMooring({ env: { ...env, MOORING_IDLE_ACTION: 'Delete' } });
    idleness = new Idleness(`http://127.0.0.1:${mooring.base + 4}`);
    const store = await openStore({ path: join(mooring.data, 'mooring.db') });
    try {
      const template = await store.get('SessionTemplate', 'narrative');
      if (!template?.spec.idlePolicy) throw new Error('the template has no idle policy');
      const idlePolicy = { ...template.spec.idlePolicy, sources: SOURCES };
      await store.update('SessionTemplate', { ...template, spec: { ...template.spec, idlePolicy } });
    } finally {
      await store.close();
    }
  }, 120_000);
  afterAll(async () => {
    tab?.close();
    await mooring?.dispose();
  }, 30_000);

  it('stays while a silent websocket is open, beside one that is idle and goes, and goes when the websocket does', async () => {
    const open = async (user: string): Promise<[Person, string]> => {
      const person = new Person(mooring.origin, user);
      await person.signIn();
      const { headers } = await person.wish();
      await person.demoStatus();
      return [person, String(headers.location).split('/').at(-1) as string];
    };
    const [dave, kept] = await open('dave');
    tab = await Tab.open(dave, '/narrative/ws');
    const [, idle] = await open('eve');
    await idleness.untilGone(idle);
    await idleness.untilLooked(3 * WINDOW_S);
    const explained = await idleness.explain(kept);
    expect(explained).toMatchObject({ phase: 'Ready', events: [], idle: { verdict: 'active', policy: { sources: SOURCES } } });
    expect(explained?.idle?.sources).toContainEqual(
      expect.objectContaining({ source: 'connections', said: expect.stringContaining('1 connection to the container held') }),
    );
    tab.close();
    await idleness.untilGone(kept);
  }, 90_000);
});
