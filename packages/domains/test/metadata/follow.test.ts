import { describe, expect, it } from '@jest/globals';
import { follow, readTold } from '../../src/metadata/follow.js';
import { aliasesFromMap } from '../../src/metadata/kept-aliases.js';
import { KEEP, type Reading } from '../../src/metadata/reading.js';
import type { MetadataSource } from '../../src/metadata/source.js';
import type { Told } from '../../src/table/types.js';
import { container } from '../support/containers.js';

type Step = Reading | Error;

/** A metadata service that has another version after each reading, and calls it all off at the end of the steps. */
function following(steps: readonly Step[], isTaken: (told: Told) => boolean = () => true) {
  const calledOff = new AbortController();
  const seen: { told: Told[]; problems: (string | undefined)[]; pauses: number[] } = { told: [], problems: [], pauses: [] };
  let at = 0;
  let now = 0;
  const source: Pick<MetadataSource, 'read' | 'version' | 'waitForVersion'> = {
    read: async () => {
      const step = steps[at++];
      if (at >= steps.length) calledOff.abort();
      if (step === undefined || step instanceof Error) throw step ?? new Error('nothing more');
      return step;
    },
    version: async () => String(at),
    waitForVersion: async () => String(at),
  };
  const clock = {
    now: () => now,
    pause: async (ms: number) => {
      seen.pauses.push(ms);
      now += ms;
    },
  };
  const run = follow({
    source: source as MetadataSource,
    label: 'map-public-http',
    clock,
    signal: calledOff.signal,
    onTold: async (told) => {
      seen.told.push(told);
      return isTaken(told);
    },
    onProblem: (problem) => void seen.problems.push(problem),
  });
  return { run, seen, clock, source };
}

const reading = (containers: readonly unknown[], aliases: unknown = undefined): Reading => ({ containers, aliases });
const some = reading([container('a')], { a: ['www'] });

describe('following the metadata', () => {
  it('tells each answer', async () => {
    const { run, seen } = following([some, reading([container('b')])]);
    await run;
    expect(seen.told).toEqual([some, reading([container('b')])].map(({ containers, aliases }) => ({ containers, aliases })));
    expect(seen.pauses).toEqual([]);
  });

  it('asks again, after a while that grows, where there is no answer', async () => {
    const { run, seen } = following([some, new Error('down'), new Error('down'), new Error('down'), new Error('down'), some]);
    await run;
    expect(seen.told).toHaveLength(2);
    expect(seen.pauses).toEqual([1000, 2000, 4000, 5000]);
    expect(seen.problems).toContain('The metadata service gives no answer, and all stays as it was: down');
  });

  it('believes that nobody is left when it is told twice', async () => {
    const once = following([some, reading([]), some]);
    await once.run;
    expect(once.seen.told.map(({ containers }) => containers.length)).toEqual([1, 1]);
    const twice = following([some, reading([{ labels: {} }]), reading([])]);
    await twice.run.catch(() => undefined);
    expect(twice.seen.pauses).toContain(500);
  });

  it('changes nothing for a list without a container in it', async () => {
    const { run, seen } = following([some, reading([1, 'x', null, []]), some]);
    await run;
    expect(seen.told).toHaveLength(2);
    expect(seen.problems.some((problem) => problem?.includes('nothing is a container'))).toBe(true);
  });

  it('keeps the aliases that can not be read, and asks again', async () => {
    const { run, seen } = following([some, { containers: [container('b')], aliases: KEEP, problem: 'no aliases' }, some]);
    await run;
    expect(seen.told[1]).toEqual({ containers: [container('b')], aliases: { a: ['www'] } });
    expect(seen.pauses).toEqual([1000]);
  });

  it('tells again what was not taken in', async () => {
    let tries = 0;
    const { run, seen } = following([some, some, some], () => ++tries > 1);
    await run;
    expect(seen.told.length).toBeGreaterThanOrEqual(2);
    expect(seen.pauses[0]).toBe(1000);
  });

  it('reads once with what an earlier run knew', async () => {
    const { source, clock } = following([reading([]), reading([])]);
    const options = { source: source as MetadataSource, label: 'map-public-http', clock, signal: new AbortController().signal };
    const { told } = await readTold({ ...options, known: { aliases: { a: ['x'] }, asking: 3 } });
    expect(told).toEqual({ containers: [], aliases: undefined });
  });

  it('finds aliases in a domain map', () => {
    const map = 'a.dev.tld a\nshop.dev.tld Shop\nwww.dev.tld Shop\nx.y.dev.tld Shop\nodd.other.tld a\nz.dev.tld __proto__\nbroken\n';
    expect(aliasesFromMap(map, 'dev.tld')).toEqual({ Shop: ['www', 'x.y'] });
  });
});
