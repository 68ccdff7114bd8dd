import { describe, expect, it } from '@jest/globals';
import { judgeRequests } from '../../../src/activity/sources/traefik-requests.js';
import { NOW } from './targets.js';

const seen = (total: number | undefined, at = NOW, startedAt = 1) => ({
  at,
  startedAt,
  counts: new Map(total === undefined ? [] : [['code=200 method=GET protocol=http', total]]),
});
const LATER = NOW + 60_000;

describe("Traefik's counters of requests", () => {
  it('prove use where they went up', () => {
    expect(judgeRequests(seen(3), seen(5, LATER), 0).reading).toEqual({
      type: 'active',
      at: LATER,
      detail: '2 requests through Traefik since 2027-01-15T08:00:00.000Z',
    });
    expect(judgeRequests(seen(undefined), seen(1, LATER), 0).reading).toMatchObject({ type: 'active' });
  });

  it('never prove quiet', () => {
    expect(judgeRequests(seen(3), seen(3, LATER), 0).reading).toMatchObject({ type: 'unknown' });
    expect(judgeRequests(seen(undefined), seen(undefined, LATER), 0).reading).toMatchObject({ type: 'unknown' });
  });

  it('do not prove it by our own requests', () => {
    expect(judgeRequests(seen(3), seen(5, LATER), 2).reading).toMatchObject({ type: 'unknown', why: expect.stringContaining('our own') });
    expect(judgeRequests(seen(3), seen(5, LATER), 1).reading).toMatchObject({ type: 'active' });
    expect(judgeRequests(seen(3), seen(500, LATER), Number.POSITIVE_INFINITY).reading).toMatchObject({ type: 'unknown' });
  });

  it('begin anew at the first look, after a restart, and after a reset', () => {
    expect(judgeRequests(undefined, seen(500), 0).reading).toMatchObject({ type: 'unknown' });
    expect(judgeRequests(seen(3), seen(500, LATER, 2), 0).reading).toEqual({
      type: 'unknown',
      why: 'Traefik was restarted and counts from zero',
    });
    const reset = judgeRequests(seen(30), seen(2, LATER), 0);
    expect(reset.reading).toEqual({ type: 'unknown', why: "Traefik's counters began anew" });
    expect(judgeRequests(reset.seen, seen(3, LATER + 1), 0).reading).toMatchObject({ type: 'active' });
  });
});
