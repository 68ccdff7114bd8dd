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
export type Defect = (typeof LOOP_DEFECTS)[number];
