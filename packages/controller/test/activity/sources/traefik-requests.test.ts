import { describe, expect, it } from '@jest/globals';
import { judgeRequests } from '../../../src/activity/sources/traefik-requests.js';
import { NOW } from './targets.js';

const GAP_MS = 300_000;

const seen = (total: number | undefined, at = NOW, startedAt = 1) => ({
  noneSince: NOW,
  at,
  startedAt,
  counts: new Map(total === undefined ? [] : [['code=200 method=GET protocol=http', total]]),
});
const LATER = NOW + 60_000;

describe("Traefik's counters of requests", () => {
  it('prove use where they went up', () => {
    expect(judgeRequests(seen(3), seen(5, LATER), { ours: 0, longestGapMs: GAP_MS }).reading).toEqual({
      type: 'active',
      at: LATER,
      detail: '2 requests through Traefik since 2027-01-15T08:00:00.000Z',
    });
    expect(judgeRequests(seen(undefined), seen(1, LATER), { ours: 0, longestGapMs: GAP_MS }).reading).toMatchObject({ type: 'active' });
  });

  it('never prove quiet', () => {
    expect(judgeRequests(seen(3), seen(3, LATER), { ours: 0, longestGapMs: GAP_MS }).reading).toMatchObject({ type: 'unknown' });
    expect(judgeRequests(seen(undefined), seen(undefined, LATER), { ours: 0, longestGapMs: GAP_MS }).reading).toMatchObject({
      type: 'unknown',
    });
  });

  it('do not prove it by our own requests', () => {
    expect(judgeRequests(seen(3), seen(5, LATER), { ours: 2, longestGapMs: GAP_MS }).reading).toMatchObject({
      type: 'unknown',
      why: expect.stringContaining('our own'),
    });
    expect(judgeRequests(seen(3), seen(5, LATER), { ours: 1, longestGapMs: GAP_MS }).reading).toMatchObject({ type: 'active' });
    expect(judgeRequests(seen(3), seen(500, LATER), { ours: Number.POSITIVE_INFINITY, longestGapMs: GAP_MS }).reading).toMatchObject({
      type: 'unknown',
    });
  });

  it('begin anew at the first look, after a restart, and after a reset', () => {
    expect(judgeRequests(undefined, seen(500), { ours: 0, longestGapMs: GAP_MS }).reading).toMatchObject({ type: 'unknown' });
    expect(judgeRequests(seen(3), seen(500, LATER, 2), { ours: 0, longestGapMs: GAP_MS }).reading).toEqual({
      type: 'unknown',
      why: 'Traefik was restarted and counts from zero',
      noneSince: LATER,
    });
    const reset = judgeRequests(seen(30), seen(2, LATER), { ours: 0, longestGapMs: GAP_MS });
    expect(reset.reading).toEqual({ type: 'unknown', why: "Traefik's counters began anew", noneSince: LATER });
    expect(judgeRequests(reset.seen, seen(3, LATER + 1), { ours: 0, longestGapMs: GAP_MS }).reading).toMatchObject({ type: 'active' });
  });

  it('tell since when they saw nobody but us, also where the series went with its route', () => {
    const quiet = judgeRequests(seen(3), seen(3, LATER), { ours: 0, longestGapMs: GAP_MS });
    expect(quiet.reading).toMatchObject({ noneSince: NOW });
    const more = judgeRequests(quiet.seen, seen(4, LATER + 1), { ours: 0, longestGapMs: GAP_MS });
    expect(more.seen.noneSince).toBe(LATER + 1);
    const anew = (ours: number, longestGapMs: number) => judgeRequests(seen(30), seen(2, LATER), { ours, longestGapMs }).reading;
    expect([anew(2, GAP_MS), anew(1, GAP_MS), anew(2, 1)]).toMatchObject([{ noneSince: NOW }, { noneSince: LATER }, { noneSince: LATER }]);
    // A clock that was set back.
    expect(judgeRequests(seen(3), seen(3, NOW - 1000), { ours: 0, longestGapMs: GAP_MS }).reading).toMatchObject({ noneSince: NOW - 1000 });
  });
});
