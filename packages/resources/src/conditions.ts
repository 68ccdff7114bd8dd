import type { Condition } from './meta.js';

/** A condition before it is known since when it holds. */
export type ConditionUpdate = Omit<Condition, 'lastTransitionTime'>;

/** The condition of this type, undefined where it was never set. */
export function getCondition(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

/** Whether the condition of this type is known to hold; one that was never set isn't. */
export function isTrue(conditions: readonly Condition[], type: string): boolean {
  return getCondition(conditions, type)?.status === 'True';
}

/**
 * The list with this condition set. As Kubernetes' `meta.SetStatusCondition`: the order stays, a new type comes last, and
 * `lastTransitionTime` moves only when the status changes, so that setting the same again gives the same list.
 */
export function setCondition(conditions: Condition[], update: ConditionUpdate, now: Date): Condition[] {
  const before = getCondition(conditions, update.type);
  if (before !== undefined && isSame(before, update)) return conditions;
  const lastTransitionTime = before?.status === update.status ? before.lastTransitionTime : now.toISOString();
  const after: Condition = { ...update, lastTransitionTime };
  if (before === undefined) return [...conditions, after];
  return conditions.map((condition) => (condition === before ? after : condition));
}

/** Not by isDeepStrictEqual, which takes several times as long: every look at a session sets all of its conditions. */
const isSame = (a: ConditionUpdate, b: ConditionUpdate): boolean =>
  a.status === b.status && a.reason === b.reason && a.message === b.message && a.observedGeneration === b.observedGeneration;
