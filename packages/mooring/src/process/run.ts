import type { Shutdown } from './shutdown.js';
import { aborted, StopRequested } from './signals.js';

export interface Run {
  /** Aborted when it is to end: by StopRequested, or by what went wrong. */
  signal: AbortSignal;
  shutdown: Shutdown;
  /** Milliseconds that the whole stop may take. */
  stopMs: number;
  /** Called when the stop begins that was asked for. */
  onStopping?: () => void;
  /** Called when the stop took too long: what still runs is ended at once. */
  lastResort?: () => void;
}

async function stop({ signal, shutdown, stopMs, onStopping, lastResort }: Run): Promise<void> {
  if (signal.aborted) onStopping?.();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      lastResort?.();
      resolve();
    }, stopMs);
  });
  await Promise.race([shutdown.close(), late]);
  clearTimeout(timer);
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
