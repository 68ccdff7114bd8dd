import { describe, expect, it } from '@jest/globals';
import { formatPlan, type Plan } from '../../src/plan/format.js';

const NOTHING: Plan = {
  at: '2026-01-02T03:04:05.678Z',
  rancher: { url: 'https://user:pass@rancher.test/v2-beta', projectId: '1a5', stackId: '1st7' },
  store: { path: '/data/mooring.db', resourceVersion: '12' },
  sessions: [],
  duplicates: [],
  adoptions: [],
  strays: [],
  others: 0,
  drift: [],
  pools: [],
};

describe('the plan as a table', () => {
  it('has no table of what there is none of', () => {
    expect(formatPlan(NOTHING)).toBe(
      [
        'Stack 1st7 in environment 1a5 of https://rancher.test/v2-beta; store /data/mooring.db (no Mooring runs on it: this is what its next start would do).',
        'Nothing was changed. Whether containers answer and routes are live is as last recorded: nobody was asked.',
        '',
        'There are no sessions.',
        '',
      ].join('\n'),
    );
  });

  it('tells everything else in sections, a line a thing', () => {
    const text = formatPlan({
      ...NOTHING,
      store: { ...NOTHING.store, usedBy: 42 },
      sessions: [{ name: 'narrative-a', uid: 'u', owner: 'a\u001b[31m\nb', phase: 'Pending', step: 'create', why: 'Because.' }],
      duplicates: [{ session: 'narrative-a', kept: '1s1', removed: ['1s2', '1s3'] }],
      adoptions: [{ session: 'narrative-b', uid: 'y', services: ['1s5'], why: 'Lost.' }],
      strays: [{ id: '1s9', name: 'lost', state: 'active', uid: 'x', reason: 'deleted', message: 'its session was deleted' }],
      others: 3,
      drift: [
        {
          session: 'narrative-a',
          service: '1s1',
          template: { name: 'narrative', copied: 1, current: 2 },
          image: { running: 'i:1', template: 'i:2' },
          environment: ['A', 'B'],
          labels: ['l'],
          fields: ['route'],
        },
      ],
      pools: [
        { name: 'p', size: 5, waiting: 4, ready: 3, version: { generation: 2, image: 'i:2' }, create: 1, remove: [] },
        { name: 'q', size: 1, waiting: 0, ready: 0, create: 0, remove: ['old'] },
      ],
    });
    for (const line of [
      /\(process 42 runs on it\)\.$/,
      /^SESSION +OWNER +PHASE +STEP +WHY$/,
      /^narrative-a {2}a \[31m b {2}Pending {2}create {2}Because\.$/,
      /^narrative-a {2}1s1 +1s2, 1s3$/,
      /^narrative-b {2}1s5 +Lost\.$/,
      /^1s9 +lost +active +deleted +its session was deleted$/,
      /^3 more service\(s\) of the stack aren't Mooring's\.$/,
      /^narrative-a {2}narrative 1 -> 2 {2}i:1 -> i:2 {2}A, B +label l, route$/,
      /^p +5 +4 +3 +i:2 \(template 2\) +1 +-$/,
      /^q +1 +0 +0 +not known +0 +old$/,
    ])
      expect(text).toMatch(new RegExp(line.source, 'm'));
  });
});
