import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SteadyClock } from '../src/steady-clock.js';

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the steady clock', () => {
  it('runs with the time, in small steps', () => {
    const clock = new SteadyClock();
    jest.advanceTimersByTime(50);
    expect(clock.now()).toBe(50);
    clock.stop();
    jest.advanceTimersByTime(50);
    expect(clock.now()).toBe(50);
  });

  it('hardly runs while the process stands still', () => {
    const clock = new SteadyClock();
    jest.advanceTimersByTime(10);
    const stalled = performance.now() + 500;
    jest.spyOn(performance, 'now').mockReturnValueOnce(stalled);
    jest.advanceTimersByTime(1);
    expect(clock.now()).toBe(13);
    clock.stop();
  });

  it('stands still while it is held', () => {
    const clock = new SteadyClock();
    clock.hold();
    jest.advanceTimersByTime(50);
    expect(clock.now()).toBe(0);
    clock.goOn();
    jest.advanceTimersByTime(5);
    expect(clock.now()).toBe(5);
    clock.stop();
  });

  it('lets sleep, in order, and ends with the signal', async () => {
    const clock = new SteadyClock();
    const stop = new AbortController();
    const woken: number[] = [];
    const sleeps = [30, 10].map((ms) => clock.sleep(ms, stop.signal).then(() => woken.push(ms)));
    const last = clock.sleep(1000, stop.signal);
    jest.advanceTimersByTime(40);
    await Promise.all(sleeps);
    expect(woken).toEqual([10, 30]);
    stop.abort(new Error('closed'));
    await expect(last).rejects.toThrow('closed');
    await expect(clock.sleep(1, stop.signal)).rejects.toThrow('closed');
    clock.stop();
  });
});
