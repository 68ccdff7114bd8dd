import { beforeEach, describe, expect, it } from '@jest/globals';
import { Windows } from '../../src/limits/windows.js';

let now: number;
beforeEach(() => {
  now = 1_000_000;
});

describe('windows of a minute', () => {
  it('take so many counts of each key, and tell how long it is until the next window', () => {
    const windows = new Windows(2, () => now);
    expect([windows.count('a'), windows.count('a'), windows.count('b')]).toEqual([undefined, undefined, undefined]);
    now += 20_000;
    expect(windows.count('a')).toBe(40_000);
    now += 40_000;
    expect(windows.count('a')).toBeUndefined();
  });

  it('are full when one more would be too many, and are asked without counting', () => {
    const windows = new Windows(1, () => now);
    expect(windows.full('a')).toBeUndefined();
    expect(windows.full('a')).toBeUndefined();
    windows.count('a');
    expect(windows.full('a')).toBe(60_000);
    now += 60_000;
    expect(windows.full('a')).toBeUndefined();
  });

  it('begin anew where the clock was set back', () => {
    const windows = new Windows(1, () => now);
    windows.count('a');
    now -= 1;
    expect(windows.full('a')).toBeUndefined();
    expect(windows.count('a')).toBeUndefined();
  });
});
