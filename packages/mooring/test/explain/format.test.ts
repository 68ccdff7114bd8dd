import { describe, expect, it } from '@jest/globals';
import { idlePolicySchema } from '@mooring/resources';
import { type Answer, explanationSchema } from '../../src/explain/explanation.js';
import { formatAnswer, jsonOf } from '../../src/explain/format.js';

const ANSWER: Answer = {
  at: '2030-01-02T03:00:00.000Z',
  from: { kind: 'running' },
  explanation: {
    session: 'narrative-ada-e4ea29',
    uid: '6b2f6c1e-6f0e-4d3e-9f7a-0c5b8a1f4d11',
    owner: 'ada',
    phase: 'Ready',
    why: 'It is\u001b[31m ready.',
    conditions: [{ type: 'Active', status: 'False', reason: 'Quiet', message: 'Nobody was seen.', since: '2029-12-30T03:00:00.000Z' }],
    idle: {
      policy: idlePolicySchema.parse({ afterSeconds: 600, action: 'Stop' }),
      action: 'Stop',
      verdict: 'quiet',
      lookedAt: '2030-01-02T02:59:58.000Z',
      quietSeconds: 540,
      lastActive: { at: '2030-01-02T02:51:00.000Z', source: 'jupyter', detail: 'a kernel is busy' },
      sources: [
        { source: 'jupyter', said: 'quiet since 02:51', askedAt: '2030-01-02T02:59:58.000Z' },
        { source: 'network', said: 'unknown: Rancher has\nno statistics', askedAt: '2030-01-02T02:58:00.000Z' },
      ],
      wouldBeMarkedAt: '2030-01-02T03:01:00.000Z',
      wouldEndAt: '2030-01-02T05:00:00.000Z',
    },
    events: [
      { at: '2030-01-02T02:00:00.000Z', reason: 'Kept', note: 'Somebody came.', readings: {} },
      { at: '2030-01-02T01:00:00.000Z', reason: 'Marked', note: 'Idle.', readings: { jupyter: 'quiet', network: 'unknown' } },
    ],
  },
};

describe('an explanation for people', () => {
  it('says how it stands, why, and what comes', () => {
    expect(formatAnswer(ANSWER).split('\n').slice(0, 8)).toEqual([
      'narrative-ada-e4ea29 of ada: Ready',
      'It is [31m ready.',
      'Nobody uses it. Last look: 2030-01-02T02:59:58.000Z (2 s ago).',
      'Somebody was last seen at 2030-01-02T02:51:00.000Z (9 min ago): jupyter, a kernel is busy.',
      'For 9 min nobody was seen, of 10 min.',
      'If nobody comes it is marked as idle at 2030-01-02T03:01:00.000Z (in 60 s).',
      'If nobody comes it is stopped at 2030-01-02T05:00:00.000Z (in 2 h) or a little later.',
      'As the running Mooring says.',
    ]);
  });

  it('has tables of what each source says, the conditions, and what happened', () => {
    const text = formatAnswer(ANSWER);
    for (const line of [
      /^SOURCE +ASKED +SAID$/m,
      /^jupyter +2030-01-02T02:59:58\.000Z \(2 s ago\) +quiet since 02:51$/m,
      /^network +2030-01-02T02:58:00\.000Z \(2 min ago\) +unknown: Rancher has no statistics$/m,
      /^Active +False +2029-12-30T03:00:00\.000Z \(3 d ago\) +Quiet +Nobody was seen\.$/m,
      /^2030-01-02T02:00:00\.000Z \(60 min ago\) +Kept +Somebody came\. +-$/m,
      /^2030-01-02T01:00:00\.000Z \(2 h ago\) +Marked +Idle\. +jupyter: quiet; network: unknown$/m,
    ])
      expect(text).toMatch(line);
  });

  it('says of a marked one since when it is, and of one in use only who uses it', () => {
    const { idle, ...rest } = ANSWER.explanation;
    const policy = idlePolicySchema.parse({ afterSeconds: 600 });
    const marked = {
      policy,
      action: 'Delete' as const,
      sources: [],
      markedAt: '2030-01-02T02:59:50.000Z',
      wouldEndAt: '2030-01-02T03:00:50.000Z',
    };
    expect(
      formatAnswer({ ...ANSWER, explanation: { ...rest, idle: marked } })
        .split('\n')
        .slice(2, 5),
    ).toEqual([
      'It was marked as idle at 2030-01-02T02:59:50.000Z (10 s ago).',
      'If nobody comes it is deleted at 2030-01-02T03:00:50.000Z (in 50 s) or a little later.',
      'As the running Mooring says.',
    ]);
    const used = { policy, action: 'Delete' as const, sources: [], verdict: 'active' as const, quietSeconds: 0 };
    expect(formatAnswer({ ...ANSWER, explanation: { ...rest, idle: used } })).toContain('\nSomebody uses it.\nAs the running');
  });

  it('has no table of what there is none of, and says where it is from', () => {
    const explanation = { session: 'narrative-b', phase: 'Gone', why: 'It went.', conditions: [], events: [] };
    expect(formatAnswer({ ...ANSWER, from: { kind: 'store', path: '/data/mooring.db', why: 'it is gone' }, explanation })).toBe(
      'narrative-b: Gone\nIt went.\nAs recorded in /data/mooring.db; what the sources say now, nobody can tell: it is gone.\n',
    );
  });

  it('is one flat object for programs', () => {
    const { explanation, ...rest } = ANSWER;
    expect(JSON.parse(jsonOf(ANSWER))).toEqual({ ...rest, ...explanation });
    expect(explanationSchema.parse(explanation)).toEqual(explanation);
  });
});
