/**
 * What the loop could do wrong, each of it a mistake that somebody might make: planted into this process, to see that the rules find it. The
 * product has no such switch.
 */
export const LOOP_DEFECTS = [
  'no-look-up',
  'delete-not-read-back',
  'list-trusted',
  'claim-without-compare',
  'route-taken-for-gone',
  'ready-unasked',
  'acknowledged-before-written',
  'strangers-removed',
  'doubles-kept',
  'unclaimed-claimed',
  'early-document',
  'no-relist',
] as const;
export const IDLE_DEFECTS = ['gauge-absence-is-quiet', 'gap-is-quiet', 'own-probe-is-activity', 'no-last-question', 'save-wakes'] as const;

export const DEFECTS = [...LOOP_DEFECTS, ...IDLE_DEFECTS] as const;
export type Defect = (typeof DEFECTS)[number];
