import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ContainerExit } from './runtime.js';

/** When a container last started and how it ended; times are RFC 3339. */
const lifeSchema = z.object({
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  exitCode: z.int().nullable().optional(),
  signal: z.string().nullable().optional(),
  oomKilled: z.boolean().optional(),
});
export type Life = z.infer<typeof lifeSchema>;

const pathOf = (folder: string): string => join(folder, 'life.json');

/** What is known of the container whose folder this is; undefined where it was never started. */
export async function readLife(folder: string): Promise<Life | undefined> {
  try {
    return lifeSchema.parse(JSON.parse(await readFile(pathOf(folder), 'utf8')));
  } catch {
    // None yet, or cut short by a crash of the machine.
    return undefined;
  }
}

async function write(folder: string, life: Life): Promise<void> {
  const path = pathOf(folder);
  await writeFile(`${path}.new`, JSON.stringify(life), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

export const noteStart = (folder: string, at: Date): Promise<void> => write(folder, { startedAt: at.toISOString() });

/** A folder that is gone by now needs no note. */
export async function noteEnd(folder: string, { exitCode, signal, oomKilled }: ContainerExit, at: Date): Promise<void> {
  const before = await readLife(folder);
  if (before === undefined) return;
  await write(folder, { ...before, finishedAt: at.toISOString(), exitCode, signal, oomKilled }).catch(() => undefined);
}

/** Between the note of its start and the moment in which it runs there is the start of a process. */
const STARTING_MS = 5_000;

/** Whether it does not run yet, rather than any more. Pure. */
export const isStarting = (life: Life | undefined, now: number): boolean =>
  life === undefined || (life.finishedAt === undefined && now - Date.parse(life.startedAt) < STARTING_MS);
