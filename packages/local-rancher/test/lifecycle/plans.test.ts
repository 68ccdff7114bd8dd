import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Backoff } from '../../src/lifecycle/backoff.js';
import { planContainer, stateAfterHalt } from '../../src/lifecycle/container-plan.js';
import type { ContainerRecord } from '../../src/model/records.js';

const STATES = ['requested', 'starting', 'running', 'restarting', 'stopping', 'stopped', 'error', 'removing', 'removed'] as const;
const WANTED = ['running', 'stopped', 'removed'] as const;
type Point = Pick<ContainerRecord, 'state' | 'wanted'>;

const AFTER: Record<string, (wanted: ContainerRecord['wanted'], launches: boolean) => ContainerRecord['state']> = {
  'begin-start': () => 'starting',
  launch: (_wanted, launches) => (launches ? 'running' : 'error'),
  'begin-stop': () => 'stopping',
  halt: stateAfterHalt,
  rest: () => 'stopped',
  'begin-removal': () => 'removing',
  erase: () => 'removed',
};

const run = (point: Point, launches: boolean): Point => {
  for (let i = 0; i < 10; i++) {
    const step = planContainer(point);
    if (step === 'none') return point;
    point = { ...point, state: AFTER[step]?.(point.wanted, launches) ?? point.state };
  }
  throw new Error(`does not settle: ${JSON.stringify(point)}`);
};

describe('the plan for a container', () => {
  it('leads from every state to what is wanted, or to a state that tells why not', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STATES), fc.constantFrom(...WANTED), fc.boolean(), (state, wanted, launches) => {
        const end = run({ state, wanted }, launches).state;
        const gone = state === 'removed' || state === 'removing';
        const allowed = gone ? ['removed'] : wanted === 'running' ? ['running', 'error'] : [wanted];
        expect(allowed).toContain(end);
        if (wanted === 'running' && launches && !gone && state !== 'error') expect(end).toBe('running');
      }),
    );
  });

  it('stops a process before it is erased', () => {
    expect(planContainer({ state: 'running', wanted: 'removed' })).toBe('begin-stop');
    expect(planContainer({ state: 'stopping', wanted: 'removed' })).toBe('halt');
  });
});

describe('backoff', () => {
  const options = { firstMs: 100, maxMs: 1000, forgetAfterMs: 5000 };

  it('has no delay before the first try, then doubles up to its limit', () => {
    const backoff = new Backoff(options);
    expect(backoff.dueIn(1, 0)).toBe(0);
    const delays: number[] = [];
    let now = 0;
    for (let i = 0; i < 6; i++) {
      backoff.tried(1, now);
      delays.push(backoff.dueIn(1, now));
      now += backoff.dueIn(1, now);
    }
    expect(delays).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('begins anew after a good while, and when it is told to forget', () => {
    const backoff = new Backoff(options);
    backoff.tried(1, 0);
    backoff.tried(1, 100);
    backoff.tried(1, 6000);
    expect(backoff.dueIn(1, 6000)).toBe(100);
    backoff.forget(1);
    expect(backoff.dueIn(1, 6000)).toBe(0);
  });
});
