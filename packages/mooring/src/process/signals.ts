const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** The end was asked for by a signal, which is no failure. */
export class StopRequested extends Error {
  override readonly name = 'StopRequested';
}

/**
 * Aborts at the first SIGTERM, SIGINT or SIGHUP. Later ones change nothing (npm passes on a signal that the terminal has already sent
 * to the whole group), so they can't cut a stop short. What nobody caught aborts too, so that even then nothing is left running.
 */
export function stopOnSignals(): AbortSignal {
  const controller = new AbortController();
  for (const name of STOP_SIGNALS) process.on(name, () => controller.abort(new StopRequested(name)));
  process.on('uncaughtException', (error) => controller.abort(error));
  // Whoever read our output may be gone; that is no reason to leave processes behind.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return controller.signal;
}

/** Resolves when the signal has been aborted. */
export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
