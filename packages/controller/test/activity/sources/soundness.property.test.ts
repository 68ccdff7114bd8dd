import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Reading } from '../../../src/activity/reading.js';
import { type HeldSeen, judgeHeld } from '../../../src/activity/sources/connections.js';
import { type JupyterSeen, judgeJupyter } from '../../../src/activity/sources/jupyter.js';
import { type ConnectionsSeen, judgeConnections } from '../../../src/activity/sources/traefik-connections.js';
import { judgeRequests, type RequestsJudged } from '../../../src/activity/sources/traefik-requests.js';
import { NOW } from './targets.js';

const GAP = 150_000;
const HELD = 100_000;

/** What is true between two looks, and what the second one finds. */
interface Step {
  afterMs: number;
  /** What is open now. */
  open: number;
  /** Requests that came and went. */
  requests: number;
  /** Requests of ours among those that were counted. */
  ours: number;
  /** Traefik was started anew, which forgets what is open. */
  restarted: boolean;
  /** The series is gone. */
  absent: boolean;
}

const steps = fc.array(
  fc.record<Step>({
    afterMs: fc.constantFrom(1_000, 60_000, 140_000, 200_000),
    open: fc.constantFrom(0, 0, 0, 1, 2),
    requests: fc.constantFrom(0, 0, 0, 1, 5),
    ours: fc.constantFrom(0, 0, 1),
    restarted: fc.constantFrom(false, false, false, false, true),
    absent: fc.constantFrom(false, false, false, true),
  }),
  { minLength: 1, maxLength: 30 },
);

interface Look extends Step {
  at: number;
  reading: Reading;
}

/** Every look from the one that a quiet time begins with to the one that says so. */
const withinQuiet = (looks: readonly Look[], index: number): Look[] => {
  const { reading } = looks[index] as Look;
  return reading.type === 'quiet' ? looks.slice(0, index + 1).filter(({ at }) => at >= reading.since) : [];
};

function expectSeenThroughout(looks: readonly Look[], isQuiet: (look: Look, isFirst: boolean) => boolean): void {
  for (const index of looks.keys()) {
    const { reading, at } = looks[index] as Look;
    if (reading.type !== 'quiet') continue;
    const during = withinQuiet(looks, index);
    expect(during[0]?.at).toBe(reading.since);
    expect(during.at(-1)?.at).toBe(at);
    for (const [place, look] of during.entries()) {
      expect(isQuiet(look, place === 0)).toBe(true);
      if (place > 0) expect(look.afterMs).toBeLessThanOrEqual(GAP);
    }
  }
}

describe('a quiet time was seen from its beginning to its end', () => {
  it("by Traefik 2's gauge: nothing open, nobody who came and went, the same Traefik, and a connection seen before", () => {
    fc.assert(
      fc.property(steps, (all) => {
        let [seen, at, startedAt, total]: [ConnectionsSeen | undefined, number, number, number] = [undefined, NOW, 1, 1];
        const looks = all.map((step): Look => {
          at += step.afterMs;
          startedAt += step.restarted ? 1 : 0;
          total = (step.restarted ? 1 : total) + step.requests + step.ours;
          const sample = {
            at,
            startedAt,
            open: step.absent ? undefined : { requests: 0, streams: step.open },
            ours: { open: 0, counted: step.ours },
            requests: new Map(step.absent ? [] : [['code=200', total]]),
          };
          const judged = judgeConnections(seen, sample, { longestGapMs: GAP, openCounts: true });
          seen = judged.seen;
          return { ...step, at, reading: judged.reading };
        });
        expectSeenThroughout(
          looks,
          (look, isFirst) => look.open === 0 && !look.absent && (isFirst || (look.requests === 0 && !look.restarted)),
        );
        for (const [index, { reading }] of looks.entries()) {
          if (reading.type !== 'quiet') continue;
          const lastForgotten = looks.findLastIndex((look, place) => place <= index && (look.restarted || look.absent));
          expect(looks.slice(Math.max(lastForgotten, 0), index + 1).some((look) => look.open > 0 && !look.absent)).toBe(true);
        }
      }),
    );
  });

  it('by the connections in the container: none was open at any look', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let [seen, at]: [HeldSeen | undefined, number] = [undefined, NOW];
        const looks = all.map((step): Look => {
          at += step.afterMs;
          const remotes = Array.from({ length: step.open }, (_, index) => `10.0.0.1:${index}`);
          const judged = judgeHeld(
            seen,
            { at, remotes, healthChecked: false, probed: false },
            { openCounts: true, heldMs: HELD, longestGapMs: GAP },
          );
          seen = judged.seen;
          return { ...step, at, reading: judged.reading };
        });
        expectSeenThroughout(looks, (look) => look.open === 0);
        for (const { reading, open } of looks) if (reading.type === 'active') expect(open).toBeGreaterThan(0);
      }),
    );
  });

  it('by Jupyter: nobody was connected, and no kernel was busy', () => {
    const status = { last_activity: 0, started: 0, kernels: 1 };
    fc.assert(
      fc.property(steps, (all) => {
        let [seen, at]: [JupyterSeen | undefined, number] = [undefined, NOW];
        const looks = all.map((step): Look => {
          at += step.afterMs;
          const kernels = [{ last_activity: 0, connections: step.open, execution_state: step.absent ? 'busy' : 'idle' }];
          const sample = { status: { ...status, connections: step.open }, kernels, terminals: undefined, askedUntil: undefined, skewMs: 0 };
          const judged = judgeJupyter(seen, { sample, at }, { openCounts: true, longestGapMs: GAP });
          seen = judged.seen;
          return { ...step, at, reading: judged.reading };
        });
        expectSeenThroughout(looks, (look) => look.open === 0 && !look.absent);
        for (const { reading, open, absent } of looks) expect(reading.type).toBe(open > 0 || absent ? 'active' : 'quiet');
      }),
    );
  });
});

describe("Traefik's counters", () => {
  it('never say quiet, and say active only where somebody else asked', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let [seen, at, startedAt, total]: [RequestsJudged | undefined, number, number, number] = [undefined, NOW, 1, 1];
        for (const step of all) {
          at += step.afterMs;
          startedAt += step.restarted ? 1 : 0;
          total = (step.restarted ? 0 : total) + step.requests + step.ours;
          const judged = judgeRequests(
            seen,
            { at, startedAt, counts: new Map([['code=200', total]]) },
            { ours: step.ours, longestGapMs: GAP },
          );
          seen = judged.seen;
          expect(judged.reading.type).not.toBe('quiet');
          if (judged.reading.type === 'active') expect(step.requests).toBeGreaterThan(0);
        }
      }),
    );
  });
});
