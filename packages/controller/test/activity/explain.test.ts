import { describe, expect, it } from '@jest/globals';
import { type Event, eventSchema, POOL_LABEL, type Session } from '@mooring/resources';
import { observe } from '../../src/activity/detector.js';
import { explainSession } from '../../src/activity/explain.js';
import type { ActivityMemory } from '../../src/activity/memory.js';
import { aSession } from '../sessions/sample.js';
import { active, aPolicy, quiet, START, unknown } from './sample.js';

const at = (ms: number): string => new Date(ms).toISOString();
const READY = { type: 'Ready', status: 'True', reason: 'Ready', message: 'The session is ready.', lastTransitionTime: at(START) };

function session(conditions: object[] = [READY]): Session {
  const made = aSession({ status: { phase: 'Ready', conditions } });
  made.spec.idlePolicy = aPolicy();
  return made;
}

function memoryOf(...looks: Parameters<typeof observe>[1]['readings'][]): ActivityMemory | undefined {
  return looks.reduce<ActivityMemory | undefined>(
    (before, readings, index) => observe(before, { at: START + index * 60_000, run: 'r1', readings, maxGapMs: 60_000 }, aPolicy()).memory,
    undefined,
  );
}

const event = (reason: string, createdAt: number, uid = aSession().metadata.uid): Event =>
  eventSchema.parse({
    apiVersion: 'mooring.dev/v1',
    kind: 'Event',
    metadata: { ...aSession().metadata, name: `e-${createdAt}`, creationTimestamp: at(createdAt), resourceVersion: String(createdAt) },
    spec: { regarding: { kind: 'Session', name: 'x', uid }, type: 'Normal', reason, note: 'It.', reportingController: 'idle' },
  });

describe('explainSession', () => {
  it('says what each source said last, for how long it has been quiet, and what comes next', () => {
    const memory = memoryOf({ jupyter: active(START) }, { jupyter: quiet(START + 1000) }, { jupyter: quiet(START + 1000) });
    const { idle } = explainSession({ session: session(), memory, events: [], now: START + 120_000 });
    expect(idle).toMatchObject({
      verdict: 'quiet',
      quietSeconds: 119,
      lastActive: { at: at(START), source: 'jupyter' },
      sources: [{ source: 'jupyter', said: `quiet since ${at(START + 1000)}, no kernel is busy`, askedAt: at(START + 120_000) }],
      wouldBeMarkedAt: at(START + 601_000),
      wouldEndAt: at(START + 661_000),
      action: 'Delete',
    });
  });

  it('foretells nothing where nobody can tell', () => {
    const { idle } = explainSession({ session: session(), memory: memoryOf({ jupyter: unknown() }), events: [], now: START });
    expect(idle?.verdict).toBe('unknown');
    expect(idle?.wouldBeMarkedAt).toBeUndefined();
  });

  it('says when a marked one ends', () => {
    const marked = { type: 'Marked', status: 'True', reason: 'NotUsed', message: '', lastTransitionTime: at(START) };
    const explained = explainSession({ session: session([READY, marked]), memory: undefined, events: [], now: START });
    expect(explained.why).toContain('It is marked');
    const memory = memoryOf({ jupyter: quiet(START) });
    const { idle } = explainSession({ session: session([READY, marked]), memory, events: [], now: START });
    expect(idle).toMatchObject({ markedAt: at(START), wouldEndAt: at(START + 60_000) });
  });

  it('tells what happened to it and nobody else, the newest first', () => {
    const events = [event('Marked', 1), event('Unmarked', 2), event('Marked', 3, '00000000-0000-4000-8000-000000000000')];
    expect(explainSession({ session: session(), events, now: START }).events.map(({ reason }) => reason)).toEqual(['Unmarked', 'Marked']);
  });

  it('says why nothing is said of one without a policy, and of one that waits in a pool', () => {
    expect(explainSession({ session: aSession(), events: [], now: START }).why).toContain('no idle policy');
    const warm = session();
    warm.metadata.labels[POOL_LABEL] = 'narrative';
    const explained = explainSession({ session: warm, events: [], now: START });
    expect([explained.why, explained.idle]).toEqual([expect.stringContaining('pool narrative'), undefined]);
  });
});
