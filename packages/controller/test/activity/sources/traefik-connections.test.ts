import { describe, expect, it } from '@jest/globals';
import { idlePolicySchema } from '@mooring/resources';
import { observe } from '../../../src/activity/detector.js';
import type { ActivityMemory } from '../../../src/activity/memory.js';
import type { Reading } from '../../../src/activity/reading.js';
import { type ConnectionsSample, type ConnectionsSeen, judgeConnections } from '../../../src/activity/sources/traefik-connections.js';
import { NOW } from './targets.js';

const GAP = 150_000;
const NONE = { open: 0, counted: 0 };
const ONE = { open: 1, counted: 1 };
const counted = (total: number): Map<string, number> => new Map([['code=200', total]]);

/** Looks in turn; tells what was said of each. */
function look(samples: (Partial<ConnectionsSample> & { websockets?: number })[], openCounts = true): Reading[] {
  let seen: ConnectionsSeen | undefined;
  return samples.map(({ websockets, ...sample }, index) => {
    const open = websockets === undefined ? undefined : { requests: 0, streams: websockets };
    const whole = { at: NOW + index * 60_000, startedAt: 1, ours: NONE, requests: counted(1), open, ...sample };
    const judged = judgeConnections(seen, whole, { longestGapMs: GAP, openCounts });
    seen = judged.seen;
    return judged.reading;
  });
}
const types = (readings: readonly Reading[]): string[] => readings.map(({ type }) => type);

describe("Traefik 2's gauge of open connections", () => {
  it('is right while nothing changes: 0, 2, 1, 0', () => {
    const readings = look([{ websockets: 0 }, { websockets: 2 }, { websockets: 1 }, { websockets: 0 }, { websockets: 0 }]);
    expect(types(readings)).toEqual(['unknown', 'active', 'active', 'quiet', 'quiet']);
    expect(readings[4]).toMatchObject({ since: NOW + 180_000 });
  });

  it('says nothing by zero until a connection was seen', () => {
    expect(types(look([{ websockets: 0 }, { websockets: 0 }, { websockets: 0 }]))).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it('says nothing after a restart of Traefik until a connection was seen again', () => {
    const after = { startedAt: 2, requests: counted(1) };
    const readings = look([
      { websockets: 1 },
      { websockets: 0, ...after },
      { websockets: 0, ...after },
      { websockets: 1, ...after },
      { websockets: 0, ...after },
    ]);
    expect(types(readings)).toEqual(['active', 'unknown', 'unknown', 'active', 'quiet']);
  });

  it('says nothing after the service was gone and came back', () => {
    const readings = look([{ websockets: 1 }, { requests: new Map() }, { websockets: 0 }, { websockets: 0 }]);
    expect(types(readings)).toEqual(['active', 'unknown', 'unknown', 'unknown']);
  });

  it('sees by its counters that the service was gone between two looks', () => {
    const readings = look([
      { websockets: 1, requests: counted(9) },
      { websockets: 0, requests: counted(2) },
      { websockets: 0, requests: counted(2) },
    ]);
    expect(types(readings)).toEqual(['active', 'unknown', 'unknown']);
  });

  it('is not quiet across a time in which nobody looked', () => {
    const readings = look([{ websockets: 1 }, { websockets: 0 }, { websockets: 0, at: NOW + 3_600_000 }]);
    expect(types(readings)).toEqual(['active', 'quiet', 'unknown']);
  });

  it('is disturbed by who came and went between two looks, but not by our own probe', () => {
    const [, , disturbed, probed] = look([
      { websockets: 1 },
      { websockets: 0 },
      { websockets: 0, requests: counted(2) },
      { websockets: 0, requests: counted(3), ours: { open: 0, counted: 1 } },
    ]);
    expect(disturbed).toMatchObject({ type: 'quiet', since: NOW + 120_000 });
    expect(probed).toMatchObject({ type: 'quiet', since: NOW + 120_000 });
  });

  it('has lost count where it is negative', () => {
    expect(types(look([{ websockets: 1 }, { websockets: Number.NaN }, { websockets: 0 }]))).toEqual(['active', 'unknown', 'unknown']);
  });

  it('does not take our own probe for a request under way', () => {
    const probe = { open: { requests: 1, streams: 0 }, ours: ONE };
    expect(types(look([{ websockets: 1 }, { websockets: 0 }, probe, { websockets: 0 }]))).toEqual(['active', 'quiet', 'unknown', 'quiet']);
    expect(look([{ open: { requests: 2, streams: 0 }, ours: ONE }])[0]).toMatchObject({
      type: 'active',
      detail: '1 request under way at Traefik',
    });
  });

  it('where silent connections are ignored: an open one proves nothing, none is quiet, a request is somebody', () => {
    const request = { open: { requests: 1, streams: 1 } };
    expect(types(look([{ websockets: 1 }, { websockets: 0 }, request], false))).toEqual(['unknown', 'quiet', 'active']);
  });
});

describe('a session that only the gauge can judge', () => {
  const policy = idlePolicySchema.parse({ afterSeconds: 120, sources: ['traefik-connections'] });
  /** What the detector makes of the looks, a minute apart. */
  const verdicts = (samples: Parameters<typeof look>[0]): string[] => {
    let memory: ActivityMemory | undefined;
    return look(samples).map((reading, index) => {
      const observed = { at: NOW + index * 60_000, run: 'r1', readings: { 'traefik-connections': reading }, maxGapMs: GAP };
      const { memory: next, verdict } = observe(memory, observed, policy);
      memory = next;
      return verdict.type === 'quiet' ? `quiet for ${verdict.forMs / 1000}` : verdict.type;
    });
  };
  const restarted = { startedAt: 2 };

  it.each([
    ['Traefik was restarted', { websockets: 0, ...restarted }, restarted],
    ['its service was added again, unseen', { websockets: 0, requests: counted(0) }, { requests: counted(0) }],
    ['its series are gone', {}, { requests: counted(0) }],
  ])('is never idle, however long, after %s with its websocket open', (_what, change, after) => {
    const since = Array.from({ length: 20 }, () => ({ websockets: 0, ...after }));
    expect(new Set(verdicts([{ websockets: 1 }, change, ...since]).slice(1))).toEqual(new Set(['unknown']));
  });

  it('is idle in time where nothing was restarted, and anew after somebody was seen since', () => {
    expect(verdicts([{ websockets: 1 }, { websockets: 0 }, { websockets: 0 }, { websockets: 0 }])).toEqual([
      'active',
      'quiet for 0',
      'quiet for 60',
      'quiet for 120',
    ]);
    const again = [{ websockets: 1 }, { websockets: 0 }, { websockets: 0 }].map((sample) => ({ ...sample, ...restarted }));
    expect(verdicts([{ websockets: 1 }, { websockets: 0 }, ...again])).toEqual([
      'active',
      'quiet for 0',
      'active',
      'quiet for 0',
      'quiet for 60',
    ]);
  });
});
