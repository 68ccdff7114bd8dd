import { describe, expect, it } from '@jest/globals';
import { type IdlePolicy, POOL_LABEL, type Session, WANTED_ANNOTATION } from '@mooring/resources';
import { observe, type Verdict } from '../../src/activity/detector.js';
import { fateOf, isQuietEnough } from '../../src/activity/idleness.js';
import type { Reading } from '../../src/activity/reading.js';
import { aSession } from '../sessions/sample.js';
import { aPolicy, quiet, START } from './sample.js';

const at = (ms: number): string => new Date(ms).toISOString();
const still = (seconds: number): Verdict => ({ type: 'quiet', forMs: seconds * 1000 });
const blind = (seconds: number): Verdict => ({ type: 'unknown', forMs: seconds * 1000, reason: 'NoSourceAnswers', why: '' });
const USED: Verdict = { type: 'active', at: START, source: 'jupyter' };

function session(policy: Partial<IdlePolicy> = {}, { marked, wanted }: { marked?: number; wanted?: number } = {}): Session {
  const conditions =
    marked === undefined ? [] : [{ type: 'Marked', status: 'True', reason: 'NotUsed', message: '', lastTransitionTime: at(marked) }];
  const made = aSession({ status: { phase: 'Ready', conditions } });
  made.spec.idlePolicy = aPolicy(policy);
  if (wanted !== undefined) made.metadata.annotations[WANTED_ANNOTATION] = at(wanted);
  return made;
}

describe('fateOf, for a session that is not marked', () => {
  it.each([
    ['somebody uses it', USED, { type: 'stays' }],
    ['it has not been quiet for long enough', still(599), { type: 'stays' }],
    ['it has been quiet for long enough', still(600), { type: 'mark', reason: 'NotUsed' }],
    ['nobody can tell', blind(1_000_000), { type: 'stays' }],
    ['nobody has looked yet', undefined, { type: 'stays' }],
  ])('%s', (_name, verdict, fate) => {
    expect(fateOf(session(), verdict, START)).toEqual(fate);
  });

  it('marks what nobody could tell of for longer than the policy allows', () => {
    expect(fateOf(session({ maxUnknownSeconds: 60 }), blind(59), START)).toEqual({ type: 'stays' });
    expect(fateOf(session({ maxUnknownSeconds: 60 }), blind(60), START)).toEqual({ type: 'mark', reason: 'NobodyCanTell' });
  });

  it('knows of who came a moment ago before the detector does', () => {
    expect(fateOf(session({}, { wanted: START - 1000 }), still(600), START)).toEqual({ type: 'stays' });
    expect(fateOf(session({}, { wanted: START - 600_000 }), still(600), START).type).toBe('mark');
  });

  it('never takes one for idle that has no policy, waits in a pool, is stopped, or goes', () => {
    const warm = session();
    warm.metadata.labels[POOL_LABEL] = 'narrative';
    const stopped = session();
    stopped.spec.running = false;
    const going = session();
    going.metadata.deletionTimestamp = at(START);
    for (const one of [aSession(), warm, stopped, going]) expect(fateOf(one, still(10_000), START)).toEqual({ type: 'stays' });
  });
});

describe('fateOf, for a session that is marked', () => {
  const marked = START - 59_000;
  it.each([
    ['nobody comes', still(700), START, { type: 'marked', endsAt: marked + 60_000 }],
    ['the grace is over', still(700), START + 1000, { type: 'due', action: 'Delete' }],
    ['somebody uses it', USED, START, { type: 'stays', unmark: 'Used' }],
    ['it was used in between', still(30), START + 1000, { type: 'stays', unmark: 'Used' }],
    ['nobody can tell any more', blind(0), START + 1000, { type: 'stays', unmark: 'NoSourceAnswers' }],
    ['nobody has looked yet', undefined, START + 1_000_000, { type: 'marked', endsAt: marked + 60_000 }],
  ])('%s', (_name, verdict, now, fate) => {
    expect(fateOf(session({}, { marked }), verdict, now)).toEqual(fate);
  });

  it('is undone by who came after the mark, however short the time that is allowed', () => {
    const wanted = fateOf(session({ afterSeconds: 1, graceSeconds: 0 }, { marked, wanted: marked + 1 }), still(700), START + 100_000);
    expect(wanted).toEqual({ type: 'stays', unmark: 'Wanted' });
  });

  it('is not undone by who came before it', () => {
    expect(fateOf(session({ afterSeconds: 1 }, { marked, wanted: marked }), still(700), START + 1000).type).toBe('due');
  });
});

describe('isQuietEnough, for an update that comes by itself', () => {
  const memoryOf = (reading: Reading) =>
    observe(undefined, { at: START, run: 'r1', readings: { jupyter: reading }, maxGapMs: 1 }, aPolicy()).memory;

  it('is so after the time that the policy wants, and not where a Jupyter does not let us in', () => {
    const one = session({ updateAfterSeconds: 20 });
    expect(isQuietEnough(one, { verdict: still(19) }, START)).toBe(false);
    expect(isQuietEnough(one, { verdict: still(20), memory: memoryOf(quiet(START)) }, START)).toBe(true);
    const refused = memoryOf({ type: 'unknown', why: 'answers 403', refused: true });
    expect(isQuietEnough(one, { verdict: still(20), memory: refused }, START)).toBe(false);
  });
});
