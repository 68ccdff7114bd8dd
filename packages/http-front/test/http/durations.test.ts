import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Histogram, Registry } from 'prom-client';
import { createDurations } from '../../src/http/durations.js';

const BUCKETS = [0.001, 0.5, 10];
const TOLD = { name: 'd', help: 'Durations.', buckets: BUCKETS };

function both() {
  const [ours, theirs] = [new Registry(), new Registry()];
  const observe = createDurations({ ...TOLD, labelName: 'door', labels: ['a', 'b'], registers: [ours] });
  const histogram = new Histogram({ ...TOLD, labelNames: ['door'], registers: [theirs] });
  for (const door of ['a', 'b']) histogram.zero({ door });
  return { ours, theirs, histogram, observers: { a: observe('a'), b: observe('b') } };
}

describe('durations', () => {
  it('are told as prom-client tells its histograms', async () => {
    const seconds = fc.oneof(fc.constantFrom(0, ...BUCKETS), fc.double({ min: 0, max: 100, noNaN: true }));
    const observations = fc.array(fc.record({ door: fc.constantFrom('a' as const, 'b' as const), seconds }));
    await fc.assert(
      fc.asyncProperty(observations, async (all) => {
        const { ours, theirs, histogram, observers } = both();
        for (const one of all) {
          observers[one.door](one.seconds);
          histogram.observe({ door: one.door }, one.seconds);
        }
        expect(await ours.metrics()).toBe(await theirs.metrics());
        expect(await ours.getMetricsAsJSON()).toEqual(await theirs.getMetricsAsJSON());
        ours.resetMetrics();
        expect(await ours.metrics()).toContain('d_count{door="a"} 0');
      }),
    );
  });

  it('know no other labels than were said', () => {
    const observe = createDurations({ ...TOLD, labelName: 'door', labels: ['a'], registers: [] });
    expect(() => observe('z')).toThrow('d has no door "z"');
  });
});
