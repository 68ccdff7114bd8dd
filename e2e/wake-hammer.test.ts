import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStore, type Store } from '../packages/resources/src/index.js';
import { type Blows, hammer } from './support/hammer.js';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { ask, Person } from './support/person.js';
import { recordedOf, recordStop } from './support/recorded.js';
import { until } from './support/until.js';

const NAVIGATE = { 'sec-fetch-mode': 'navigate' };
const SETTINGS = { MOORING_IDLE_ACTION: 'Stop' };

/** Navigations from before a session stops until after it works again, through the real Traefik: nobody gets an error. */
describe('a session that stops and wakes while its pages are opened all the time', () => {
  let mooring: RunningMooring;
  let store: Store;
  beforeAll(async () => {
    mooring = await startMooring({ env: SETTINGS });
    store = await openStore({ path: join(mooring.data, 'mooring.db') });
  }, 120_000);
  afterAll(async () => {
    await store?.close();
    await mooring?.dispose();
  }, 30_000);

  const sessionOf = (user: string) => recordedOf(store, user);
  const phaseIs = (user: string, phase: string) => until(async () => (await sessionOf(user)).status.phase === phase);
  const rancher = (path: string, method: 'GET' | 'POST' = 'GET') =>
    ask(`http://127.0.0.1:${mooring.base + 1}`, `/v2-beta/projects/1a5${path}`, { method });
  const anotherInstance = (person: Person, before: string): Promise<string> =>
    until(async () => {
      const { instance } = await person.demoStatus();
      return instance !== before && instance;
    });
  const strike = (person: Person, cookies: string[] = [...person.cookies.keys()]) => {
    const cookie = cookies.map((name) => `${name}=${person.cookies.get(name)}`).join('; ');
    return hammer({ origin: mooring.origin, headers: () => ({ cookie, ...NAVIGATE }) });
  };
  const expectGood = ({ bad, statuses }: Blows): void => {
    expect(bad).toEqual([]);
    expect(statuses[200] ?? 0).toBeGreaterThan(0);
  };

  it('is recorded as stopped, and woken by its owner, ten times', async () => {
    const person = new Person(mooring.origin, 'alice');
    let { instance } = await person.openDemo();
    await phaseIs('alice', 'Ready');
    for (let wake = 0; wake < 10; wake++) {
      // Who is signed out has the route's cookie and can't wake it.
      const signedOut = strike(person, ['narrative_session']);
      await until(async () => signedOut.statuses[200]);
      await recordStop(store, 'alice');
      await phaseIs('alice', 'Stopped');
      const owner = strike(person);
      instance = await anotherInstance(person, instance);
      await phaseIs('alice', 'Ready');
      await until(async () => owner.statuses[200]);
      expectGood(await owner.end());
      const blows = await signedOut.end();
      expectGood(blows);
      expect(blows.statuses[302]).toBeGreaterThan(0);
    }
  }, 120_000);

  it('is wanted by its owner in the very moment when it is to be stopped', async () => {
    const person = new Person(mooring.origin, 'bob');
    await person.openDemo();
    await phaseIs('bob', 'Ready');
    const owner = strike(person);
    for (let wish = 0; wish < 10; wish++) {
      await recordStop(store, 'bob');
      await until(async () => (await sessionOf('bob')).spec.running);
      await phaseIs('bob', 'Ready');
    }
    expectGood(await owner.end());
  }, 120_000);

  it('loses its container without anybody having been told', async () => {
    const person = new Person(mooring.origin, 'carol');
    let { instance } = await person.openDemo();
    await phaseIs('carol', 'Ready');
    const owner = strike(person);
    const { status } = await sessionOf('carol');
    const ways = [
      () => rancher(`/services/${status.service?.id}?action=deactivate`, 'POST'),
      () => rancher(`/containers/${status.container?.id}?action=restart`, 'POST'),
    ];
    for (const way of [...ways, ...ways]) {
      expect((await way()).status).toBeLessThan(300);
      instance = await anotherInstance(person, instance);
      await phaseIs('carol', 'Ready');
    }
    const blows = await owner.end();
    expectGood(blows);
    expect(blows.statuses[201]).toBeGreaterThan(0);
  }, 120_000);
});
