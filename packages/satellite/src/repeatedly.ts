import { setTimeout as sleep } from 'node:timers/promises';

interface Rhythm {
  /** From the end of one time to the beginning of the next. */
  everyMs: number;
  signal: AbortSignal;
  /** Told of what a time throws, the first of several in a row; the next one comes all the same. */
  failed: (error: unknown) => void;
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const sleepUntil = (ms: number, signal: AbortSignal): Promise<unknown> => sleep(ms, undefined, { signal });

/** Does something now and again and again, until the signal. */
export async function repeatedly(work: () => Promise<void>, { everyMs, signal, failed, pause = sleepUntil }: Rhythm): Promise<void> {
  let isFailing = false;
  while (!signal.aborted) {
    try {
      await work();
      isFailing = false;
    } catch (error) {
      if (!isFailing) failed(error);
      isFailing = true;
    }
    await pause(everyMs, signal).catch(() => undefined);
  }
}
