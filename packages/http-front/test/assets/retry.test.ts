import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

interface Plan {
  delay: number;
  next: { tries: number; at: number };
}
const { planAttempt } = (await import(new URL('../../assets/retry.js', import.meta.url).pathname)) as {
  planAttempt: (history: unknown, now: number) => Plan;
};

describe('planAttempt', () => {
  it('goes at once, then waits ever longer, up to 10 s', () => {
    const delays: number[] = [];
    let now = 1_000_000;
    let history: unknown = null;
    for (let attempt = 0; attempt < 9; attempt += 1) {
      const plan = planAttempt(history, now);
      delays.push(plan.delay);
      history = plan.next;
      now += plan.delay;
    }
    expect(delays).toEqual([0, 250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('forgets what is a minute old', () => {
    expect(planAttempt({ tries: 5, at: 0 }, 60_000)).toEqual({ delay: 0, next: { tries: 1, at: 60_000 } });
    expect(planAttempt({ tries: 5, at: 0 }, 59_999).delay).toBe(4_000);
  });

  it('makes sense of any memory', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (history) => {
        const { delay, next } = planAttempt(history, 1_000_000);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(10_000);
        expect(next.tries).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});
