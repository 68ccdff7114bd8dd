import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RuntimeError } from './errors.js';
import { findProcess } from './process-table.js';

const ownerSchema = z.object({ pid: z.number().int().positive(), startTime: z.string() });

/**
 * Says which process runs the containers of a data folder. Without it a second one on the same folder would take the
 * first one's containers for leftovers.
 * @throws RuntimeError DataFolderInUse
 */
export async function claimDataFolder(dataDir: string): Promise<void> {
  const owner = await readOwner(dataDir);
  if (owner !== undefined && owner.pid !== process.pid && findProcess(owner.pid)?.startTime === owner.startTime) {
    throw new RuntimeError(
      'DataFolderInUse',
      `The data folder ${dataDir} is in use by process ${owner.pid}. Stop that one first, or choose another data folder.`,
    );
  }
  const path = ownerPath(dataDir);
  await writeFile(`${path}.new`, JSON.stringify({ pid: process.pid, startTime: findProcess(process.pid)?.startTime ?? '' }), {
    mode: 0o600,
  });
  await rename(`${path}.new`, path);
}

/** Leaves alone what another process claimed. */
export async function releaseDataFolder(dataDir: string): Promise<void> {
  const owner = await readOwner(dataDir);
  if (owner?.pid === process.pid) await rm(ownerPath(dataDir), { force: true });
}

/** A file that a crash cut short counts as none. */
async function readOwner(dataDir: string): Promise<z.infer<typeof ownerSchema> | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(ownerPath(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

function ownerPath(dataDir: string): string {
  return join(dataDir, 'runtime-owner.json');
}
