import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRandom } from '../src/determinism/random.js';
import { CHAOS_MS, generate, PEOPLE } from '../src/schedule/generate.js';

describe('a schedule', () => {
  it('is the same for the same seed, in order, and within its time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const schedule = generate(seed);
        expect(schedule).toEqual(generate(seed));
        const times = schedule.map(({ atMs }) => atMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect(times.every((atMs) => atMs >= 0 && atMs <= CHAOS_MS)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('has everybody come, and 300 events and more', () => {
    const schedule = generate(7);
    const visitors = new Set(schedule.flatMap(({ event }) => (event.type === 'navigate' ? [event.person] : [])));
    expect(visitors.size).toBe(PEOPLE);
    expect(schedule.length).toBeGreaterThanOrEqual(300);
  });
});

describe('seeded randomness', () => {
  it('weighs: what has no weight is never chosen', () => {
    const random = createRandom(3);
    const chosen = Array.from({ length: 200 }, () =>
      random.weighted([
        [0, 'never'],
        [1, 'seldom'],
        [9, 'often'],
      ]),
    );
    expect(chosen).not.toContain('never');
    expect(chosen.filter((each) => each === 'often').length).toBeGreaterThan(100);
  });
});
