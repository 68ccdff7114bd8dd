import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition; fails if it doesn't hold in time. */
export async function until(condition: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('what was waited for did not come');
    await sleep(10);
  }
}
