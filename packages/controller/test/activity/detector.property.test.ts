import { describe, expect, it } from '@jest/globals';
import { ACTIVITY_SOURCES, type ActivitySourceName } from '@mooring/resources';
import fc from 'fast-check';
import { observe, type Verdict } from '../../src/activity/detector.js';
import { type ActivityMemory, holdsOn, resumed, storedForm } from '../../src/activity/memory.js';
import type { Reading } from '../../src/activity/reading.js';
import { aPolicy, START } from './sample.js';

const MAX_GAP_MS = 30_000;
const POLICY = aPolicy({ afterSeconds: 60 });

/** A reading whose time is so many ms before the look; negative: the other's clock goes ahead. */
const word = fc.oneof(
  fc.record({ type: fc.constant('active' as const), ago: fc.integer({ min: -1000, max: 100_000 }) }),
  fc.record({ type: fc.constant('quiet' as const), ago: fc.integer({ min: -1000, max: 100_000 }) }),
  fc.constant({ type: 'unknown' as const }),
);
const step = fc.record({
  words: fc.dictionary(fc.constantFrom(...ACTIVITY_SOURCES), word, { maxKeys: 4 }),
  afterMs: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: MAX_GAP_MS }) }, fc.integer({ min: -90_000, max: 90_000 })),
  restart: fc.boolean(),
  newRun: fc.nat({ max: 9 }).map((number) => number === 0),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

type Said = Step['words'][string];

const readingOf = (said: Said, at: number): Reading => {
  if (said.type === 'unknown') return { type: 'unknown', why: 'it is silent' };
  return said.type === 'active' ? { type: 'active', at: at - said.ago, detail: '' } : { type: 'quiet', since: at - said.ago, detail: '' };
};

/** Runs the looks one after another, as a process does that stores only what does not hold on, and is killed at times. */
function follow(steps: readonly Step[], check: (verdict: Verdict, step: Step, context: { follows: boolean; elapsedMs: number }) => void) {
  let at = START;
  let run = 1;
  let memory: ActivityMemory | undefined;
  let stored: { json: string; memory: ActivityMemory } | undefined;
  for (const step of steps) {
    const before = at;
    at += step.afterMs;
    if (step.newRun) run += 1;
    if (step.restart && stored) memory = resumed(stored.json, before)?.memory;
    const readings = Object.fromEntries(Object.entries(step.words).map(([name, said]) => [name, readingOf(said, at)]));
    const result = observe(memory, { at, run: `r${run}`, readings, maxGapMs: MAX_GAP_MS }, POLICY);
    const follows = memory !== undefined && !step.restart && !step.newRun && step.afterMs >= 0 && step.afterMs <= MAX_GAP_MS;
    if (!holdsOn(memory, result.memory) || !stored) stored = { json: storedForm(result.memory), memory: result.memory };
    memory = result.memory;
    check(result.verdict, step, { follows, elapsedMs: step.afterMs });
  }
}

const saidBy = (step: Step, type: Reading['type']): ActivitySourceName[] =>
  Object.entries(step.words).flatMap(([name, said]) => (said.type === type ? [name as ActivitySourceName] : []));

describe('whatever the sources say, and whenever', () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 40 });

  it('nothing is quiet for longer than it was really observed, and every activity begins it anew', () => {
    fc.assert(
      fc.property(steps, (given) => {
        let mostMs = 0;
        let couldTell = false;
        follow(given, (verdict, step, { follows, elapsedMs }) => {
          if (step.newRun) mostMs = 0;
          if (saidBy(step, 'active').length > 0) {
            expect(verdict.type).toBe('active');
            mostMs = 0;
          } else if (verdict.type === 'quiet') {
            if (follows && couldTell) mostMs += elapsedMs;
            expect(verdict.forMs).toBeGreaterThanOrEqual(0);
            expect(verdict.forMs).toBeLessThanOrEqual(mostMs);
          }
          couldTell = verdict.type !== 'unknown';
        });
      }),
      { numRuns: 800 },
    );
  });

  it('quiet takes somebody who says so and can see it', () => {
    fc.assert(
      fc.property(steps, (given) => {
        follow(given, (verdict, step) => {
          if (verdict.type !== 'quiet') return;
          expect(saidBy(step, 'quiet').filter((name) => name !== 'front' && name !== 'traefik-requests')).not.toEqual([]);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('a later look that sees nobody either never makes it less quiet, unless a source names a later time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: MAX_GAP_MS }), { maxLength: 20 }), fc.nat(100_000), (gaps, ago) => {
        let at = START;
        let memory: ActivityMemory | undefined;
        let quietMs = 0;
        for (const gap of gaps) {
          at += gap;
          const look = { at, run: 'r1', readings: { jupyter: { type: 'quiet' as const, since: START - ago, detail: '' } } };
          const result = observe(memory, { ...look, maxGapMs: MAX_GAP_MS }, POLICY);
          expect(result.verdict).toEqual({ type: 'quiet', forMs: memory ? quietMs + gap : 0 });
          quietMs = memory ? quietMs + gap : 0;
          memory = result.memory;
        }
      }),
    );
  });
});
