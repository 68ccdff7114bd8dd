import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Condition, type ConditionUpdate, getCondition, isTrue, setCondition } from '../src/index.js';

const EARLY = new Date('2030-01-01T00:00:00.000Z');
const LATE = new Date('2030-01-02T00:00:00.000Z');

function ready(changes: Partial<ConditionUpdate> = {}): ConditionUpdate {
  return { type: 'Ready', status: 'True', reason: 'Answered', message: 'it answers', observedGeneration: 1, ...changes };
}

describe('setCondition', () => {
  it('adds a condition with the time at which it was set', () => {
    expect(setCondition([], ready(), EARLY)).toEqual([{ ...ready(), lastTransitionTime: EARLY.toISOString() }]);
  });

  it('keeps the time while the status stays, whatever else changes', () => {
    const before = setCondition([], ready(), EARLY);
    const after = setCondition(before, ready({ message: 'it answers still', reason: 'Probed', observedGeneration: 2 }), LATE);
    expect(after).toEqual([
      {
        type: 'Ready',
        status: 'True',
        reason: 'Probed',
        message: 'it answers still',
        observedGeneration: 2,
        lastTransitionTime: EARLY.toISOString(),
      },
    ]);
  });

  it('moves the time when the status changes', () => {
    const before = setCondition([], ready(), EARLY);
    expect(getCondition(setCondition(before, ready({ status: 'False' }), LATE), 'Ready')?.lastTransitionTime).toBe(LATE.toISOString());
  });

  it('keeps the order, one condition a type, and is idempotent; the input stays as it was', () => {
    const update = fc.record({
      type: fc.constantFrom('A', 'B', 'C'),
      status: fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const),
      reason: fc.constantFrom('R', 'S'),
      message: fc.constant('m'),
    });
    fc.assert(
      fc.property(fc.array(update), update, (updates, last) => {
        const before = updates.reduce<Condition[]>((all, one) => setCondition(all, one, EARLY), []);
        const copy = structuredClone(before);
        const after = setCondition(before, last, LATE);
        expect(before).toEqual(copy);
        const types = updates.map(({ type }) => type);
        expect(after.map(({ type }) => type)).toEqual([...new Set([...types, last.type])]);
        expect(getCondition(after, last.type)).toMatchObject(last);
        expect(setCondition(after, last, new Date(LATE.getTime() + 1))).toEqual(after);
      }),
    );
  });
});

describe('isTrue', () => {
  it('holds for True only', () => {
    const of = (status: Condition['status']) => setCondition([], ready({ status }), EARLY);
    expect([of('True'), of('False'), of('Unknown'), []].map((conditions) => isTrue(conditions, 'Ready'))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
