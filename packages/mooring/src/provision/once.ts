import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { claimFolder } from '../process/claim.js';

const COMPLETE = '.complete';
/** Longer than any installation takes. */
const WAIT_MS = 15 * 60_000;

/** Whether `fillOnce` has come to its end there. */
export const isFilled = (folder: string): Promise<boolean> =>
  access(join(folder, COMPLETE)).then(
    () => true,
    () => false,
  );

/**
 * Fills a folder once, however many processes ask: one works, the others wait for it. `fill` gets the folder empty, whatever an earlier
 * try that was cut short has left in it; the folder counts as filled when `fill` has come to its end.
 */
export async function fillOnce(folder: string, fill: (folder: string) => Promise<void>, signal: AbortSignal): Promise<void> {
  if (await isFilled(folder)) return;
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  const claim = await claimFolder(`${folder}.lock`, WAIT_MS, signal);
  try {
    if (await isFilled(folder)) return;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { mode: 0o700 });
    await fill(folder);
    await writeFile(join(folder, COMPLETE), '');
  } finally {
    await claim.release();
  }
}
