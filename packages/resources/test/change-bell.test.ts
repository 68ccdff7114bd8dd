import { describe, expect, it } from '@jest/globals';
import { ChangeBell } from '../src/sql/change-bell.js';

describe('ChangeBell', () => {
  it('misses no change between a look and the wait', async () => {
    const bell = new ChangeBell();
    const { rings } = bell;
    bell.ring();
    await bell.heardSince(rings);
    expect(bell.rings).toBe(rings + 1);
  });

  it('wakes everybody, once, and leaves no listener behind', async () => {
    const bell = new ChangeBell();
    const stop = new AbortController();
    const woken: string[] = [];
    const waits = ['a', 'b'].map((name) => bell.heardSince(bell.rings, stop.signal).then(() => woken.push(name)));
    bell.ring();
    stop.abort();
    await Promise.all(waits);
    expect(woken).toEqual(['a', 'b']);
  });

  it('wakes whoever has given up, at once where that was before', async () => {
    const bell = new ChangeBell();
    const stop = new AbortController();
    const waiting = bell.heardSince(bell.rings, stop.signal);
    stop.abort();
    await waiting;
    await bell.heardSince(bell.rings, stop.signal);
    expect(bell.rings).toBe(0);
  });
});
