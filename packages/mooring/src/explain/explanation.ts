import type { Explanation } from '@mooring/resources';

export { type Explanation, explanationSchema } from '@mooring/resources';

/** An explanation and where it is from: a running Mooring's own, or what its store has. */
export interface Answer {
  /** When it was asked for. */
  at: string;
  from: { kind: 'running' } | { kind: 'store'; path: string; why: string };
  explanation: Explanation;
}
