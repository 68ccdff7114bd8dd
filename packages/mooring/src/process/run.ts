import { setTimeout as sleep } from 'node:timers/promises';
import { KILL_MS, type Shutdown } from './shutdown.js';
import { aborted, StopRequested } from './signals.js';

export interface Run {
  /** Aborted when it is to end: by StopRequested, or by what went wrong. */
  signal: AbortSignal;
  shutdown: Shutdown;
  /** Milliseconds that the stop may take before what still runs is killed. */
  stopMs: number;
  /** Called when the stop begins that was asked for. */
  onStopping?: () => void;
}

async function stop({ signal, shutdown, stopMs, onStopping }: Run): Promise<void> {
  if (signal.aborted) onStopping?.();
  const timers = new AbortController();
  const late = (ms: number): Promise<'late'> => sleep(ms, 'late' as const, { signal: timers.signal });
  const outcome = await Promise.race([shutdown.close(), late(stopMs)]);
  if (outcome === 'late') await Promise.race([shutdown.kill(), late(KILL_MS)]);
  timers.abort();
}

/**
 * Brings everything up, keeps it up until the signal, and stops it, also where bringing it up has failed halfway.
 *
 * @throws what went wrong; to be asked to stop is nothing wrong.
 */
export async function runUntilStopped(run: Run, bringUp: () => Promise<void>): Promise<void> {
  let failure: unknown;
  try {
    await bringUp();
    await aborted(run.signal);
  } catch (error) {
    failure = error;
  }
  const { signal } = run;
  await stop(run);
  if (signal.aborted) failure = signal.reason instanceof StopRequested ? undefined : signal.reason;
  if (failure !== undefined) throw failure;
}
