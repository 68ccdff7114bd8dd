import { describe, expect, it } from '@jest/globals';
import { Bell } from '../../src/serve/bell.js';
import { followPlace } from '../../src/serve/follow-place.js';
import type { Place } from '../../src/serve/locate.js';

const at = (stackId: string): Place => ({ projectId: '1a5', stackId });
const LONG = 60_000;

describe('a bell', () => {
  const { signal } = new AbortController();

  it('is heard by who waits, and by who comes later, once', async () => {
    const bell = new Bell();
    const waiting = bell.wait(LONG, signal);
    bell.ring();
    await waiting;
    bell.ring();
    await bell.wait(LONG, signal);
    const again = bell.wait(1, signal).then(() => 'time is up');
    expect(await again).toBe('time is up');
  });

  it('ends a wait that is called off', async () => {
    const callOff = new AbortController();
    const waiting = new Bell().wait(LONG, callOff.signal);
    callOff.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
  });
});

describe('following the place', () => {
  it('asks when there is doubt, and tells each answer with the one before', async () => {
    const doubts = new Bell();
    const callOff = new AbortController();
    const answers = [at('1st1'), at('1st2'), at('1st2')];
    const told: [string, string][] = [];
    const following = followPlace({
      first: at('1st1'),
      locate: async () => answers.shift() as Place,
      doubts,
      onPlace: (place, before) => {
        told.push([before.stackId, place.stackId]);
        if (told.length === 3) callOff.abort();
        else doubts.ring();
      },
      signal: callOff.signal,
      everyMs: LONG,
      pauseMs: 1,
    });
    doubts.ring();
    await expect(following).rejects.toThrow();
    expect(told).toEqual([
      ['1st1', '1st1'],
      ['1st1', '1st2'],
      ['1st2', '1st2'],
    ]);
  });

  it('asks from time to time without any doubt', async () => {
    const callOff = new AbortController();
    const told: string[] = [];
    const following = followPlace({
      first: at('1st1'),
      locate: async () => at('1st2'),
      doubts: new Bell(),
      onPlace: ({ stackId }) => {
        told.push(stackId);
        callOff.abort();
      },
      signal: callOff.signal,
      everyMs: 1,
    });
    await expect(following).rejects.toThrow();
    expect(told).toEqual(['1st2']);
  });
});
