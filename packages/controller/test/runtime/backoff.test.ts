import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffDelay, RECONCILE_BACKOFF } from '../../src/runtime/backoff.js';

describe('backoffDelay', () => {
  it('starts at 5 ms and ends at 1,000 s', () => {
    const longest = (failures: number): number => backoffDelay(failures, RECONCILE_BACKOFF, () => 1);
    expect([1, 2, 3, 10, 18, 19, 1000].map(longest)).toEqual([5, 10, 20, 2560, 655_360, 1_000_000, 1_000_000]);
  });

  it('lies between half of the full delay and all of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        const full = backoffDelay(failures, RECONCILE_BACKOFF, () => 1);
        const delay = backoffDelay(failures, RECONCILE_BACKOFF, () => random);
        expect(delay).toBeGreaterThanOrEqual(full / 2);
        expect(delay).toBeLessThanOrEqual(full);
      }),
    );
  });
});
