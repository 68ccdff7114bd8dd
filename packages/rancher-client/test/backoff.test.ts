import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoff } from '../src/http/backoff.js';

describe('backoff', () => {
  it('grows twofold up to its cap', () => {
    const waits = [1, 2, 3, 4, 99].map((failures) => backoff(failures, { baseMs: 100, capMs: 500 }, () => 1));
    expect(waits).toEqual([100, 200, 400, 500, 500]);
  });

  it('stays between half and all of its ceiling', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        const range = { baseMs: 50, capMs: 3_000 };
        const ceiling = backoff(failures, range, () => 1);
        const wait = backoff(failures, range, () => random);
        expect(wait).toBeGreaterThanOrEqual(ceiling / 2);
        expect(wait).toBeLessThanOrEqual(ceiling);
        expect(ceiling).toBeLessThanOrEqual(3_000);
      }),
    );
  });
});
