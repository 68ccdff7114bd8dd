import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 10_000;
const FIRST_DELAY_MS = 2;
const LONGEST_DELAY_MS = 50;

/**
 * Runs it again while another connection holds the lock that it needs. It waits without blocking the thread, since that other connection
 * may be one of this process. What SQLite answers with BUSY was not done, so a repetition is harmless.
 *
 * @throws SQLite's own error after 10 s
 */
export async function retryWhileBusy<T>(run: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let delayMs = FIRST_DELAY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
    try {
      return await run();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
    await delay(delayMs * (0.5 + Math.random() / 2));
  }
}

/** Whether another connection held the lock; then nothing was done. */
export function isBusy(error: unknown): boolean {
  return String((error as { code?: unknown } | null)?.code).startsWith('SQLITE_BUSY');
}
