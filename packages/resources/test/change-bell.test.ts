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

  it('wakes everybody, once', async () => {
    const bell = new ChangeBell();
    const woken: string[] = [];
    const waits = ['a', 'b'].map((name) => bell.heardSince(bell.rings).then(() => woken.push(name)));
    bell.ring();
    bell.stir();
    await Promise.all(waits);
    expect(woken).toEqual(['a', 'b']);
  });

  it('has whoever waits look again without a ring', async () => {
    const bell = new ChangeBell();
    const waiting = bell.heardSince(bell.rings);
    bell.stir();
    await waiting;
    expect(bell.rings).toBe(0);
  });
});
