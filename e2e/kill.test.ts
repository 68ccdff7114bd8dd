import { afterAll, describe, expect, it } from '@jest/globals';
import { type RunningMooring, startMooring } from './support/mooring.js';
import { Person } from './support/person.js';
import { startedProcesses } from './support/processes.js';
import { servicesOf } from './support/rancher.js';
import { until } from './support/until.js';

const PEOPLE = 50;
/** After how many acknowledgements the whole is killed: each at a random one of a third, so that what is under way differs. */
const THIRDS = [
  [1, 16],
  [17, 33],
  [34, PEOPLE],
] as const;
const within = ([from, to]: readonly [number, number]): number => from + Math.floor(Math.random() * (to - from + 1));

describe('killed (-9) while fifty people ask for their notebook', () => {
  let mooring: RunningMooring | undefined;
  afterAll(() => mooring?.dispose(), 30_000);

  it('brings each acknowledged session up after the restart, exactly once', async () => {
    mooring = await startMooring();
    const acknowledged = new Map<string, Person>();
    for (const [round, third] of THIRDS.entries()) {
      const before = acknowledged.size;
      const people = Array.from({ length: PEOPLE }, (_, number) => new Person((mooring as RunningMooring).origin, `r${round}-${number}`));
      await Promise.all(people.map((person) => person.signIn()));
      const asking = people.map(async (person) => {
        const { status } = await person.wish();
        if (status === 202 || status === 200) acknowledged.set(person.user, person);
      });
      const count = within(third);
      await until(() => acknowledged.size >= before + count, { everyMs: 1 });
      await mooring.end('SIGKILL', 'group');
      await Promise.allSettled(asking);
      mooring = await startMooring({ data: mooring.data, base: mooring.base });
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(THIRDS.reduce((sum, [from]) => sum + from, 0));
    const seen = await Promise.all([...acknowledged.values()].map((person) => person.demoStatus(120_000)));
    expect(new Set(seen.map(({ instance }) => instance)).size).toBe(acknowledged.size);
    const names = (await servicesOf(mooring.base)).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(acknowledged.size);
    // Nothing of the killed runs is left: a process for each service, and Traefik.
    await until(
      async () =>
        startedProcesses((mooring as RunningMooring).data).length === (await servicesOf((mooring as RunningMooring).base)).length + 1,
    );
  }, 400_000);
});
