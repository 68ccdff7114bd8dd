import { describe, expect, it } from '@jest/globals';
import { observe, type Verdict } from '../../src/activity/detector.js';
import { needsDear } from '../../src/activity/needs-dear.js';
import { active, aPolicy, quiet, START } from './sample.js';

const POLICY = aPolicy();
const LEAD_MS = 20_000;
const still = (seconds: number): Verdict => ({ type: 'quiet', forMs: seconds * 1000 });
const asks = (verdict: Verdict, before = {}): boolean =>
  needsDear({ verdict, before: undefined, run: 'r1', dear: ['connections'], ...before }, POLICY, LEAD_MS);

describe('the dear sources', () => {
  it('are asked when nobody else can tell, or their word is about to decide', () => {
    expect(asks({ type: 'unknown', forMs: 0, reason: 'NoSourceAnswers', why: '' })).toBe(true);
    expect([asks(still(579)), asks(still(580))]).toEqual([false, true]);
    expect(asks({ type: 'active', at: START, source: 'front' })).toBe(false);
  });

  it('are asked again as long as they see somebody whom the others do not', () => {
    const look = (readings: object) => observe(undefined, { at: START, run: 'r1', readings, maxGapMs: 1 }, POLICY).memory;
    const saw = look({ jupyter: quiet(START), connections: active(START) });
    expect(asks(still(0), { before: saw })).toBe(true);
    expect(asks(still(0), { before: saw, run: 'r2' })).toBe(false);
    expect(asks(still(0), { before: look({ jupyter: active(START) }) })).toBe(false);
  });
});
