import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { Person } from './support/person.js';
import { servicesOf } from './support/rancher.js';
import { until } from './support/until.js';

const SIZE = 4;

describe('a warm pool', () => {
  let mooring: RunningMooring;
  beforeAll(async () => {
    mooring = await startMooring({ env: { num_prespawn: String(SIZE) } });
  }, 120_000);
  afterAll(() => mooring?.dispose(), 30_000);

  const warm = async () =>
    (await servicesOf(mooring.base)).filter(({ name, state }) => name.startsWith('narrativepre-') && state === 'active');
  const metric = async (line: string): Promise<boolean> => {
    const answer = await new Person(`http://127.0.0.1:${mooring.base + 4}`, 'operator').ask('/metrics');
    return answer.text.split('\n').includes(line);
  };

  it('gives somebody a notebook that runs already, and its service their name', async () => {
    await until(async () => (await warm()).length === SIZE && (await metric(`mooring_sessions{phase="Ready"} ${SIZE}`)), {
      withinMs: 60_000,
    });
    const [first] = await warm();
    const person = new Person(mooring.origin, 'alice');
    await person.signIn();
    const wished = await person.wish();
    expect([200, 202]).toContain(wished.status);
    expect(wished.headers.location).toMatch(/^\/narrative_session\/narrative-alice-/);
    // The route was live before: the first request with the cookie reaches the container.
    const direct = await person.ask('/narrative/api/status');
    expect([direct.status, direct.headers['mooring-front']]).toEqual([200, undefined]);
    const { instance } = direct.json();
    await until(async () => (await servicesOf(mooring.base)).some(({ name }) => name.startsWith('narrative-alice-')));
    expect((await person.demoStatus()).instance).toBe(instance);
    await until(async () => (await person.wish()).status === 200);
    expect(first).toBeDefined();
    await until(async () => (await warm()).length === SIZE, { withinMs: 60_000 });
  }, 120_000);

  it('never gives one to two, when more ask at once than wait', async () => {
    await until(() => metric(`mooring_sessions{phase="Ready"} ${SIZE + 1}`), { withinMs: 60_000 });
    const people = Array.from({ length: SIZE * 3 }, (_, number) => new Person(mooring.origin, `many${number}`));
    const instances = await Promise.all(people.map((person) => person.openDemo(60_000)));
    expect(new Set(instances.map(({ instance }) => instance)).size).toBe(people.length);
    const names = (await servicesOf(mooring.base)).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  }, 120_000);
});
