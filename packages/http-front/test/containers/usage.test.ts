import { describe, expect, it } from '@jest/globals';
import { type UsageSample, UsageSeries } from '../../src/containers/usage.js';

const sample = (number: number): UsageSample => ({ at: new Date(number * 1000).toISOString(), cpuNanoseconds: number, memoryBytes: 1 });

describe('what containers use', () => {
  it('is kept for the last minute while somebody asks, and not watched when nobody does', async () => {
    let now = 0;
    const aborted: string[] = [];
    let give: (count: number) => void = () => undefined;
    const series = new UsageSeries(
      async function* (id, signal) {
        signal.addEventListener('abort', () => aborted.push(id));
        for (let number = 0; ; ) {
          const count = await new Promise<number>((resolve) => {
            give = resolve;
          });
          for (let i = 0; i < count; i += 1) yield sample(number++);
        }
      },
      () => now,
    );
    const first = series.read('a');
    give(1);
    expect(await first).toEqual([sample(0)]);
    give(99);
    await new Promise((resolve) => setImmediate(resolve));
    const read = (await series.read('a')) ?? [];
    expect([read.length, read.at(-1)]).toEqual([60, sample(99)]);
    now = 60_001;
    const other = series.read('b');
    give(1);
    await other;
    expect(aborted).toEqual(['a']);
    series.close();
    expect(aborted).toEqual(['a', 'b']);
  });

  it('is nothing where nobody measures it, and unsaid where too many are measured', async () => {
    const none = new UsageSeries(async function* () {}, Date.now);
    expect(await none.read('a')).toEqual([]);
    const busy = new UsageSeries(async function* () {
      yield sample(1);
      await new Promise(() => undefined);
    }, Date.now);
    for (let number = 0; number < 50; number += 1) expect(await busy.read(`${number}`)).toHaveLength(1);
    expect(await busy.read('50')).toBeUndefined();
    busy.close();
  });
});
