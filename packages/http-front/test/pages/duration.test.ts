import { describe, expect, it } from '@jest/globals';
import { duration, roughly } from '../../src/pages/duration.js';

const { duration: running } = (await import(new URL('../../assets/duration.js', import.meta.url).pathname)) as {
  duration: (ms: number) => string;
};

describe('durations', () => {
  it.each([
    [0, 'at once'],
    [0.04, 'at once'],
    [0.05, '0.1 s'],
    [0.44, '0.4 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [119.4, '119 s'],
    [120, '2 min'],
    [125, '2 min 5 s'],
    [7_200, '2 h'],
    [12_059, '3 h 20 min'],
  ])('%d s that were measured are "%s"', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it.each([
    [0.01, 'a second'],
    [1.1, '2 seconds'],
    [90, '90 seconds'],
    [91, '2 minutes'],
    [240, '4 minutes'],
  ])('%d s are spoken of as "%s"', (seconds, text) => {
    expect(roughly(seconds)).toBe(text);
  });

  it.each([
    [999, ''],
    [Number.NaN, ''],
    [1_000, '1 s'],
    [119_999, '119 s'],
    [125_900, '2 min 5 s'],
    [12_059_000, '3 h 20 min'],
  ])('%d ms that go on are "%s"', (ms, text) => {
    expect(running(ms)).toBe(text);
  });
});
