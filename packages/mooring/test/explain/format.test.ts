import { describe, expect, it } from '@jest/globals';
import type { Answer } from '../../src/explain/explanation.js';
import { formatAnswer, jsonOf } from '../../src/explain/format.js';

const ANSWER: Answer = {
  at: '2030-01-02T03:00:00.000Z',
  from: { kind: 'running' },
  explanation: {
    session: 'narrative-ada-e4ea29',
    uid: '6b2f6c1e-6f0e-4d3e-9f7a-0c5b8a1f4d11',
    owner: 'ada',
    phase: 'Ready',
    verdict: 'Quiet',
    since: '2030-01-02T02:51:00.000Z',
    why: 'Nobody was\u001b[31m seen.',
    readings: [
      {
        source: 'jupyter',
        type: 'quiet',
        at: '2030-01-02T02:51:00.000Z',
        askedAt: '2030-01-02T02:59:58.000Z',
        detail: 'no kernel is busy',
      },
      { source: 'network', type: 'unknown', detail: 'Rancher has no statistics\nof it' },
    ],
    markAt: '2030-01-02T03:01:00.000Z',
    reapAt: '2030-01-02T05:00:00.000Z',
    conditions: [
      { type: 'Active', status: 'False', reason: 'Quiet', message: 'Nobody was seen.', lastTransitionTime: '2029-12-30T03:00:00.000Z' },
    ],
    events: [
      { at: '2030-01-02T02:00:00.000Z', type: 'Normal', reason: 'Kept', note: 'Somebody came.', readings: {} },
      {
        at: '2030-01-02T01:00:00.000Z',
        type: 'Normal',
        reason: 'Marked',
        note: 'Idle.',
        readings: { jupyter: 'quiet', network: 'unknown' },
      },
    ],
  },
};

describe('an explanation for people', () => {
  it('says how it stands, why, and what comes', () => {
    expect(formatAnswer(ANSWER).split('\n').slice(0, 6)).toEqual([
      'narrative-ada-e4ea29 of ada: Ready',
      'Quiet since 2030-01-02T02:51:00.000Z (9 min ago)',
      'Nobody was [31m seen.',
      'If nobody comes it is marked as idle at 2030-01-02T03:01:00.000Z (in 60 s).',
      'If nobody comes it ends at 2030-01-02T05:00:00.000Z (in 2 h) or a little later.',
      'As the running Mooring says.',
    ]);
  });

  it('has tables of what each source says, the conditions, and what happened', () => {
    const text = formatAnswer(ANSWER);
    for (const line of [
      /^SOURCE +SAYS +SINCE +ASKED +WHY$/m,
      /^jupyter +quiet +2030-01-02T02:51:00\.000Z \(9 min ago\) +2030-01-02T02:59:58\.000Z \(2 s ago\) +no kernel is busy$/m,
      /^network +unknown +- +- +Rancher has no statistics of it$/m,
      /^Active +False +2029-12-30T03:00:00\.000Z \(3 d ago\) +Quiet +Nobody was seen\.$/m,
      /^2030-01-02T02:00:00\.000Z +Normal +Kept +Somebody came\. +-$/m,
      /^2030-01-02T01:00:00\.000Z +Normal +Marked +Idle\. +jupyter: quiet; network: unknown$/m,
    ])
      expect(text).toMatch(line);
  });

  it('has no table of what there is none of, and says where it is from', () => {
    const explanation = { session: 'narrative-b', phase: 'Gone', readings: [], conditions: [], events: [] };
    expect(formatAnswer({ ...ANSWER, from: { kind: 'store', path: '/data/mooring.db', why: 'it is gone' }, explanation })).toBe(
      'narrative-b: Gone\nAs recorded in /data/mooring.db; what the sources say now, nobody can tell: it is gone.\n',
    );
  });

  it('is one flat object for programs', () => {
    const { explanation, ...rest } = ANSWER;
    expect(JSON.parse(jsonOf(ANSWER))).toEqual({ ...rest, ...explanation });
  });
});
