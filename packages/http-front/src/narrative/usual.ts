import { roughly } from '../pages/duration.js';

/** How long recent starts took, in seconds: half of them no longer than `median`, nine in ten no longer than `ninetieth`. */
export interface UsualStart {
  median: number;
  ninetieth: number;
}

/** How long it usually takes, in a sentence; empty where that isn't known. */
export function usualInWords(usual: UsualStart | undefined): string {
  if (usual === undefined) return '';
  const [half, most] = [roughly(usual.median), roughly(usual.ninetieth)];
  return half === most ? `Usually takes about ${half}.` : `Usually takes about ${half}; nine in ten are ready within ${most}.`;
}

const LEAST_S = 30;
const UNKNOWN_S = 120;

/** After how many seconds a page says that it takes longer than usual. */
export const lateAfter = (usual: UsualStart | undefined): number =>
  usual === undefined ? UNKNOWN_S : Math.max(LEAST_S, Math.ceil(2 * usual.ninetieth));
