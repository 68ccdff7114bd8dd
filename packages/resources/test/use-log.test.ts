import { describe, expect, it } from '@jest/globals';
import { UseLog } from '../src/index.js';

describe('the log of uses', () => {
  it('says when somebody last came', () => {
    const uses = new UseLog();
    expect(uses.last('a')).toBeUndefined();
    uses.note('a', 2_000);
    uses.note('b', 5_000);
    uses.note('a', 3_000);
    expect([uses.last('a'), uses.last('b')]).toEqual([3_000, 5_000]);
  });

  it('never goes back in time', () => {
    const uses = new UseLog();
    uses.note('a', 2_000);
    uses.note('a', 1_000);
    expect(uses.last('a')).toBe(2_000);
  });

  it('forgets the one that was used longest ago once it is full', () => {
    const uses = new UseLog(2);
    uses.note('a', 1);
    uses.note('b', 2);
    uses.note('a', 3);
    uses.note('c', 4);
    expect(['a', 'b', 'c'].map((uid) => uses.last(uid))).toEqual([3, undefined, 4]);
  });
});
