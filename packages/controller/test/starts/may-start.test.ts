import { describe, expect, it } from '@jest/globals';
import { byTurn } from '@mooring/resources';
import fc from 'fast-check';
import { HOLDS_MS, holdsPlace, mayStart, type Start } from '../../src/starts/may-start.js';

const NOW = 10_000_000;

const aStart: fc.Arbitrary<Start> = fc.record({
  uid: fc.uuid(),
  isWarm: fc.boolean(),
  wantedAt: fc.integer({ min: NOW - 1_000, max: NOW }),
  state: fc.constantFrom('waiting', 'underWay', 'failed'),
  // Some of a clock that was set back since.
  since: fc.integer({ min: NOW - 2 * HOLDS_MS, max: NOW + 1_000 }),
});
const starts = fc.uniqueArray(aStart, { selector: ({ uid }) => uid, maxLength: 40 });
const max = fc.integer({ min: 1, max: 10 });

describe('mayStart', () => {
  it('lets so many start that no more than may are under way, and leaves no place free while somebody waits', () => {
    fc.assert(
      fc.property(starts, max, (all, most) => {
        const holding = all.filter((start) => holdsPlace(start, NOW)).length;
        const waiting = all.filter(({ state }) => state === 'waiting');
        const chosen = mayStart(all, most, NOW);
        expect(chosen).toHaveLength(Math.min(waiting.length, Math.max(0, most - holding)));
        for (const start of chosen) expect(waiting).toContain(start);
      }),
    );
  });

  it('passes over nobody who was there before', () => {
    fc.assert(
      fc.property(starts, max, (all, most) => {
        const chosen = mayStart(all, most, NOW);
        for (const other of all) {
          if (other.state !== 'waiting' || chosen.includes(other)) continue;
          for (const start of chosen) expect(byTurn(start, other)).toBeLessThan(0);
        }
      }),
    );
  });

  it('depends on nothing but who is there', () => {
    fc.assert(
      fc.property(starts, max, fc.integer(), (all, most, seed) => {
        const shuffled = [...all].sort((a, b) => ((a.since * seed) % 97) - ((b.since * seed) % 97));
        const uids = (list: Start[]) => list.map(({ uid }) => uid);
        expect(uids(mayStart(shuffled, most, NOW))).toEqual(uids(mayStart(all, most, NOW)));
      }),
    );
  });

  it('lets people go before what is kept warm', () => {
    const warm: Start = { uid: 'a', isWarm: true, wantedAt: 1, state: 'waiting', since: 1 };
    const person: Start = { ...warm, uid: 'b', isWarm: false, wantedAt: 2 };
    expect(mayStart([warm, person], 1, NOW)).toEqual([person]);
  });

  it('gives the place of one that takes too long to the next', () => {
    const slow: Start = { uid: 'a', isWarm: false, wantedAt: 1, state: 'underWay', since: NOW - HOLDS_MS + 1 };
    const next: Start = { ...slow, uid: 'b', state: 'waiting' };
    expect(mayStart([slow, next], 1, NOW)).toEqual([]);
    expect(mayStart([slow, next], 1, NOW + 1)).toEqual([next]);
  });
});
