import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { birthOf } from './proc.js';

/** Somebody else has what was claimed. */
export class ClaimedError extends Error {
  override readonly name = 'ClaimedError';
  readonly code = 'Claimed';
  constructor(readonly pid: number) {
    super(`Process ${pid} has it`);
  }
}

export interface Claim {
  release(): Promise<void>;
}

/** A claim is an empty file that is named by its process, so a dead one's can be taken away without taking away anybody else's. */
const CLAIM = /^(\d+)-(.+)$/;

/** The live process that has claimed a folder; undefined where none has. Changes nothing. */
export async function holderOf(folder: string): Promise<number | undefined> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, pid, birth] = CLAIM.exec(name) ?? [];
    if (pid !== undefined && (await birthOf(Number(pid))) === birth) return Number(pid);
  }
  return undefined;
}

async function othersAlive(folder: string, own: string): Promise<number | undefined> {
  for (const name of await readdir(folder)) {
    const [, pid, birth] = CLAIM.exec(name) ?? [];
    if (name === own || pid === undefined) continue;
    if ((await birthOf(Number(pid))) === birth) return Number(pid);
    await rm(join(folder, name), { force: true });
  }
  return undefined;
}

async function tryOnce(folder: string, own: string): Promise<number | undefined> {
  await writeFile(join(folder, own), '', { mode: 0o600 });
  const other = await othersAlive(folder, own);
  if (other !== undefined) await rm(join(folder, own), { force: true });
  return other;
}

/**
 * Claims a folder for this process among all that do so on this machine; a dead process' claim counts for nothing. Each writes its
 * claim before it looks for others, so two never both succeed; two at the same moment may both see each other, so they try again
 * after a random while, until `waitMs` is over.
 *
 * @throws ClaimedError if another live process has it.
 */
export async function claimFolder(folder: string, waitMs = 300, signal?: AbortSignal): Promise<Claim> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const own = `${process.pid}-${(await birthOf(process.pid)) ?? 'unknown'}`;
  const deadline = Date.now() + waitMs;
  for (;;) {
    const other = await tryOnce(folder, own);
    if (other === undefined) return { release: () => rm(join(folder, own), { force: true }) };
    if (Date.now() >= deadline) throw new ClaimedError(other);
    await sleep(20 + Math.random() * 100, undefined, { signal });
  }
}
