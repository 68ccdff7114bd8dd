import { describe, expect, it } from '@jest/globals';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { followFiles } from '../../src/haproxy/follow-files.js';
import type { Health } from '../../src/keeper.js';

describe('followFiles', () => {
  it('looks again and again, and tells what HAProxy did not take until it does', async () => {
    const calledOff = new AbortController();
    const outcomes: (() => Promise<'none' | 'reload'>)[] = [
      async () => 'reload',
      async () => {
        throw new Error('HAProxy refuses it');
      },
      async () => 'none',
    ];
    const seen: Health[] = [];
    const pauses: number[] = [];
    await followFiles({
      haproxy: { refresh: () => (outcomes.shift() as () => Promise<'none'>)() },
      everyMs: 250,
      clock: {
        now: () => 0,
        pause: async (ms) => {
          pauses.push(ms);
          if (outcomes.length === 0) calledOff.abort();
        },
      },
      logger: quietLogger(),
      signal: calledOff.signal,
      onLook: (health) => seen.push(health),
    });
    expect(seen).toEqual([{ ok: true }, { ok: false, message: 'HAProxy refuses it' }, { ok: true }]);
    expect(pauses).toEqual([250, 250, 250]);
  });
});
