import { describe, expect, it } from '@jest/globals';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { type Answers, askSources } from '../../src/activity/ask.js';
import type { ActivitySource, Target } from '../../src/activity/reading.js';
import { FakeClock } from '../runtime/fake-clock.js';
import { aSession } from '../sessions/sample.js';
import { FakeSource } from '../support/fake-source.js';
import { active, aPolicy, quiet } from './sample.js';

const log = quietLogger();
const NONE = 'it gave no answer within 10 s';

function targets(count: number, sources: ActivitySource['name'][] = ['jupyter', 'connections']): Target[] {
  return Array.from({ length: count }, (_, number) => {
    const session = aSession();
    session.metadata.uid = `uid${number}`;
    session.spec.idlePolicy = aPolicy({ sources });
    return { session, address: { ip: '10.42.0.7', port: 8888 }, serviceId: '1s1', containerId: '1i1', run: 'r1' };
  });
}

describe('askSources', () => {
  it('asks a cheap source once of all, and a dear one in groups', async () => {
    const [jupyter, connections] = [new FakeSource('jupyter', 'cheap', quiet(1)), new FakeSource('connections', 'dear', active(2))];
    const answers: Answers = new Map();
    await askSources([jupyter, connections], targets(60), answers, { clock: new FakeClock(), log, deadlineMs: 10_000 });
    expect(jupyter.asked.map((uids) => uids.length)).toEqual([60]);
    expect(connections.asked.map((uids) => uids.length)).toEqual([25, 25, 10]);
    expect(answers.size).toBe(60);
    expect(answers.get('uid59')).toEqual({ jupyter: quiet(1), connections: active(2) });
  });

  it('asks nobody whose word the policy does not want', async () => {
    const jupyter = new FakeSource('jupyter', 'cheap', quiet(1));
    const answers: Answers = new Map();
    await askSources([jupyter], targets(2, ['connections']), answers, { clock: new FakeClock(), log, deadlineMs: 10_000 });
    expect([jupyter.asked, answers.size]).toEqual([[], 0]);
  });

  it('takes for unknown what a source leaves out, and all of one that fails', async () => {
    const leavesOut: ActivitySource = { name: 'jupyter', cost: 'cheap', read: async () => new Map([['uid0', quiet(1)]]) };
    const fails: ActivitySource = { name: 'connections', cost: 'dear', read: () => Promise.reject(new Error('a secret')) };
    const answers: Answers = new Map();
    await askSources([leavesOut, fails], targets(2), answers, { clock: new FakeClock(), log, deadlineMs: 10_000 });
    const failed = { type: 'unknown', why: 'it failed; the log says how' };
    expect(answers.get('uid0')).toEqual({ jupyter: quiet(1), connections: failed });
    expect(answers.get('uid1')).toEqual({ jupyter: { type: 'unknown', why: 'it said nothing about this session' }, connections: failed });
  });

  it('waits for no source longer than the deadline, heeds it or not', async () => {
    const clock = new FakeClock();
    const deaf: ActivitySource = { name: 'jupyter', cost: 'cheap', read: () => new Promise(() => undefined) };
    const slow: ActivitySource = { name: 'connections', cost: 'dear', read: () => new Promise(() => undefined) };
    const answers: Answers = new Map();
    const asked = askSources([deaf, slow], targets(200), answers, { clock, log, deadlineMs: 10_000 });
    clock.advance(10_000);
    await asked;
    const late = { type: 'unknown', why: NONE };
    for (const uid of ['uid0', 'uid199']) expect(answers.get(uid)).toEqual({ jupyter: late, connections: late });
    expect(clock.pending).toBe(0);
  });
});
