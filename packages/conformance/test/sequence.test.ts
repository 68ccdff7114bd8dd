import { describe, expect, it } from '@jest/globals';
import { compareSequences, type Seen } from '../src/sequence.js';

const steps = (...states: string[]) => states.map((state) => ({ state, transitioning: 'yes' }));
/** One after the other, each for so many milliseconds. */
const seen = (...states: [state: string, ms: number][]): Seen[] => {
  let at = 0;
  return states.map(([state, ms]) => {
    const step = { state, transitioning: 'yes', at };
    at += ms;
    return step;
  });
};

describe('a sequence of states', () => {
  it.each([
    ['the same', steps('a', 'b'), seen(['a', 50], ['b', 50])],
    ['one that began earlier and went on', steps('b'), seen(['a', 50], ['b', 50], ['c', 50])],
    ['one with a short state more', steps('a', 'c'), seen(['a', 50], ['b', 5], ['c', 50])],
    ['one that was polled twice', steps('a', 'a', 'b'), seen(['a', 50], ['b', 50], ['b', 50])],
  ])('agrees with %s', (_what, recorded, ours) => {
    expect(compareSequences(recorded, ours)).toEqual([]);
  });

  it.each([
    ['another order', steps('b', 'a'), seen(['a', 50], ['b', 50])],
    ['a state that did not come', steps('a', 'x', 'b'), seen(['a', 50], ['b', 50])],
    ['a long state that should not be', steps('a', 'c'), seen(['a', 50], ['b', 50], ['c', 50])],
    ['an end that did not come', steps('a', 'b'), seen(['a', 50])],
    ['nothing', steps('a'), []],
  ])('does not agree with %s', (_what, recorded, ours) => {
    expect(compareSequences(recorded, ours)).toHaveLength(1);
  });

  it('tells a failing state from one that passes', () => {
    expect(compareSequences([{ state: 'a', transitioning: 'error' }], seen(['a', 50]))).toEqual(['the states are a instead of a (error)']);
  });
});
