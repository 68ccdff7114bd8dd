import { describe, expect, it } from '@jest/globals';
import type { Condition } from '@mooring/resources';
import { StartTimes } from '../../src/sessions/start-times.js';

const at = (type: string, ms: number): Condition => ({
  ...{ type, status: 'True', reason: 'Seen', message: '' },
  lastTransitionTime: new Date(ms).toISOString(),
});

/** A start that was asked for at 1,000,000 ms and took so many seconds; its service is new unless said otherwise. */
const observe = (times: StartTimes, seconds: number, serviceAt = 1_000_100): void =>
  times.observe(1_000_000, [at('ServiceCreated', serviceAt), at('Ready', 1_000_000 + seconds * 1000)]);

describe('how long a start usually takes', () => {
  it('is not told of fewer than ten', () => {
    const times = new StartTimes();
    for (let count = 0; count < 9; count += 1) observe(times, 1);
    expect(times.usual('created')).toBeUndefined();
    observe(times, 1);
    expect(times.usual('created')).toEqual({ median: 1, ninetieth: 1 });
  });

  it('is the median and nine tenths, of the last hundred', () => {
    const times = new StartTimes();
    for (let count = 0; count < 50; count += 1) observe(times, 5_000);
    for (let seconds = 100; seconds >= 1; seconds -= 1) observe(times, seconds);
    expect(times.usual('created')).toEqual({ median: 50, ninetieth: 90 });
  });

  it('is told apart of a first start and of one whose service was there', () => {
    const times = new StartTimes();
    for (let count = 0; count < 10; count += 1) {
      observe(times, 8);
      observe(times, 2, 500_000);
    }
    expect([times.usual('created')?.median, times.usual('woken')?.median]).toEqual([8, 2]);
  });

  it('counts a clock that jumped back as no time, and what tells no time not at all', () => {
    const times = new StartTimes();
    for (let count = 0; count < 10; count += 1) {
      observe(times, -3);
      times.observe(0, []);
    }
    expect([times.usual('created'), times.usual('woken')]).toEqual([{ median: 0, ninetieth: 0 }, undefined]);
  });
});
