import { describe, expect, it } from '@jest/globals';
import { compareSequences, type Seen } from '../src/sequence.js';

const steps = (...states: string[]) => states.map((state) => ({ state, transitioning: 'yes' }));
/** One after the other, each for so many milliseconds. */
const seen = (...states: [state: string, ms: number][]): Seen[] => {
  let at = 0;
  return states.map(([state, ms]) => {
    const step = { state, transitioning: 'yes', at, steadyAt: at };
    at += ms;
    return step;
  });
};

describe('a sequence of states', () => {
  it.each([
    ['the same', steps('a', 'b'), seen(['a', 50], ['b', 50])],
    ['one that began earlier and went on', steps('b'), seen(['a', 50], ['b', 50], ['c', 50])],
    ['one with a short state more', steps('a', 'c'), seen(['a', 50], ['b', 9], ['c', 50])],
    ['one that was polled twice', steps('a', 'a', 'b'), seen(['a', 50], ['b', 50], ['b', 50])],
  ])('agrees with %s', (_what, recorded, ours) => {
    expect(compareSequences(recorded, ours)).toEqual([]);
  });

  it.each([
    ['another order', steps('b', 'a'), seen(['a', 50], ['b', 50])],
    ['a state that did not come', steps('a', 'x', 'b'), seen(['a', 50], ['b', 50])],
    ['a state that should not be', steps('a', 'c'), seen(['a', 50], ['b', 12], ['c', 50])],
    ['an end that did not come', steps('a', 'b'), seen(['a', 50])],
    ['nothing', steps('a'), []],
  ])('does not agree with %s', (_what, recorded, ours) => {
    expect(compareSequences(recorded, ours)).toHaveLength(1);
  });

  it('does not count the time in which the process stood still', () => {
    const [a, b, c] = seen(['a', 50], ['b', 500], ['c', 50]);
    const stalled = [a, b, c].flatMap((step) =>
      step ? [{ ...step, steadyAt: step.state === 'c' ? (b?.steadyAt ?? 0) + 2 : step.steadyAt }] : [],
    );
    expect(compareSequences(steps('a', 'c'), stalled)).toEqual([]);
  });

  it('ends with the health and the scale that were recorded, where it comes to rest', () => {
    const rest = { state: 'b', transitioning: 'no', healthState: 'healthy', currentScale: 1 };
    const ours = (fields: object): Seen[] => [
      ...seen(['a', 50]),
      { ...rest, healthState: 'unhealthy', currentScale: null, at: 50, steadyAt: 50 },
      { ...rest, ...fields, at: 60, steadyAt: 60 },
    ];
    const recorded = [...steps('a'), rest];
    expect(compareSequences(recorded, ours({}))).toEqual([]);
    expect(compareSequences(recorded, ours({ healthState: 'degraded', currentScale: 2 }))).toEqual([
      'healthState of b is degraded instead of healthy',
      'currentScale of b is 2 instead of 1',
    ]);
    expect(compareSequences([{ ...rest, transitioning: 'yes' }], [])).toHaveLength(1);
  });

  it('tells a failing state from one that passes', () => {
    expect(compareSequences([{ state: 'a', transitioning: 'error' }], seen(['a', 50]))).toEqual(['the states are a instead of a (error)']);
  });
});
