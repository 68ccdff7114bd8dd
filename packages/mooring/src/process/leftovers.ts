import { setTimeout as sleep } from 'node:timers/promises';
import { INSTALLATION_VARIABLE, processesWith } from './proc.js';

const POLL_MS = 25;

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in between.
  }
}

async function goneWithin(ms: number, installation: string): Promise<boolean> {
  const deadline = Date.now() + ms;
  for (;;) {
    if ((await processesWith(INSTALLATION_VARIABLE, installation)).length === 0) return true;
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
}

/**
 * Ends what an earlier run that was cut short left running, known by the installation's id in its environment.
 *
 * @returns how many processes there were.
 * @throws Error if one of them can't be ended.
 */
export async function endLeftovers(installation: string, graceMs = 2_000): Promise<number> {
  const left = await processesWith(INSTALLATION_VARIABLE, installation);
  if (left.length === 0) return 0;
  for (const pid of left) signal(pid, 'SIGTERM');
  if (await goneWithin(graceMs, installation)) return left.length;
  for (const pid of await processesWith(INSTALLATION_VARIABLE, installation)) signal(pid, 'SIGKILL');
  if (await goneWithin(graceMs, installation)) return left.length;
  const still = await processesWith(INSTALLATION_VARIABLE, installation);
  throw new Error(`Processes of an earlier run can't be ended: ${still.join(', ')}. End them, then start again.`);
}
