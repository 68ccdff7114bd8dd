import { RancherError, RancherUnreachableError } from '../errors.js';
import { backoff } from './backoff.js';
import { pause } from './deadline.js';

export interface RetryPlan {
  /** Tries in all, at least 1; more than 1 only for what may be repeated harmlessly. */
  tries: number;
  /** Milliseconds for all tries and the pauses between them. */
  deadlineMs: number;
  /** Fire to end the pause between two tries. */
  signals: readonly (AbortSignal | undefined)[];
}

const RANGE = { baseMs: 100, capMs: 2_000 };

/** Repeats what failed for a passing reason; each try is told how many milliseconds it has. */
export async function withRetries<T>(attempt: (budgetMs: number) => Promise<T>, { tries, deadlineMs, signals }: RetryPlan): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (let count = 1; ; count++) {
    const remaining = end - performance.now();
    try {
      // While there are repetitions left, a hung try may take half of the time only.
      return await attempt(count < tries ? remaining / 2 : remaining);
    } catch (error) {
      const pauseMs = backoff(count, RANGE);
      if (count >= tries || performance.now() + pauseMs >= end || !isPassing(error)) throw error;
      await pause(pauseMs, signals);
    }
  }
}

/** Whether a repetition may fare better: a connection error, a timeout, or a 5xx other than "not implemented". */
function isPassing(error: unknown): boolean {
  if (error instanceof RancherUnreachableError && error.code !== 'InvalidAnswer') return true;
  if (!(error instanceof RancherError || error instanceof RancherUnreachableError)) return false;
  return error.status !== undefined && error.status >= 500 && error.status !== 501;
}
