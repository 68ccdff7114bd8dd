import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Clock } from './clock.js';
import type { WorkQueue } from './work-queue.js';

/** What a reconciler answers: nothing where it is settled, or when to look again, in ms. */
export interface Result {
  requeueAfterMs?: number;
  /** Nothing was tried, so what failed before is not made good: the next failure's delay grows on. */
  untried?: true;
}

/** An error that a repetition won't mend: the key waits for the next change of what it follows from. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

/** Reads the state afresh and moves it one step on. Called with a key only: what happened to it in the meantime doesn't matter. */
export type Reconcile = (key: string, log: Logger) => Promise<Result | undefined>;

/** How a reconcile ended, as controller-runtime's metrics name it. */
export const RECONCILE_RESULTS = ['success', 'requeue_after', 'error', 'terminal_error'] as const;
type ReconcileResult = (typeof RECONCILE_RESULTS)[number];

export interface ControllerObserver {
  started(): void;
  finished(result: ReconcileResult, seconds: number): void;
}

export interface ControllerOptions {
  name: string;
  queue: WorkQueue;
  reconcile: Reconcile;
  /** How many keys are worked on at the same time. */
  concurrency: number;
  clock: Clock;
  log: Logger;
  observer?: ControllerObserver;
}

/** Works the queue off until it is shut down. The promise resolves when the last reconcile has ended. */
export async function runController(options: ControllerOptions): Promise<void> {
  await Promise.all(Array.from({ length: options.concurrency }, () => work(options)));
}

async function work(options: ControllerOptions): Promise<void> {
  const { queue } = options;
  for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
    await reconcileOnce(key, options);
    queue.done(key);
  }
}

async function reconcileOnce(key: string, { name, queue, reconcile, clock, log, observer }: ControllerOptions): Promise<void> {
  const startedAt = clock.now();
  const reconcileLog = log.child({ controller: name, key, reconcileID: randomUUID() });
  observer?.started();
  let outcome: ReconcileResult;
  try {
    outcome = requeue(queue, key, await reconcile(key, reconcileLog));
  } catch (error) {
    outcome = retry(queue, key, error);
    reconcileLog.error({ err: error, result: outcome }, 'reconcile failed');
  }
  observer?.finished(outcome, (clock.now() - startedAt) / 1000);
}

function requeue(queue: WorkQueue, key: string, result: Result | undefined): ReconcileResult {
  if (!result?.untried) queue.forget(key);
  if (result?.requeueAfterMs === undefined) return 'success';
  queue.addAfter(key, result.requeueAfterMs);
  return 'requeue_after';
}

function retry(queue: WorkQueue, key: string, error: unknown): ReconcileResult {
  if (error instanceof TerminalError) {
    queue.forget(key);
    return 'terminal_error';
  }
  queue.addRateLimited(key);
  return 'error';
}
