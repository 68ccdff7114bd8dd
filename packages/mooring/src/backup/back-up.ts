import { access, copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Backup, backupStore } from '@mooring/resources';
import { dataPaths } from '../data/data-folder.js';

/** What kept a backup from being made; what was there before is as it was. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  readonly code = 'Backup';
}

/** What else is worth keeping: without the keys, sign-ins are void and Traefik's token is another one. */
const KEPT = ['sign-in.key', 'traefik-token.key', 'statistics.json'];
const PRIVATE = 0o700;

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function makeRoom(target: string): Promise<void> {
  const entries = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new BackupError(`${target} can't be looked into (${error.code}). Name a folder that isn't there yet.`, { cause: error });
  });
  if (entries.length > 0) throw new BackupError(`${target} is not empty: nothing is written over. Name a folder that isn't there yet.`);
}

/**
 * Makes a copy of a data folder that Mooring can be started on, while Mooring runs on it or not. It appears under its name when it is
 * whole. Local Rancher's records and containers are not in it.
 *
 * @throws BackupError, or UnusableError where there is no store of this version
 */
export async function backUp(folder: string, into: string): Promise<Backup & { path: string }> {
  const { path, database } = dataPaths(folder);
  const target = resolve(into);
  await makeRoom(target);
  const draft = `${target}.partial`;
  await rm(draft, { recursive: true, force: true });
  try {
    await mkdir(dirname(target), { recursive: true });
    await mkdir(draft, { mode: PRIVATE });
    const backup = await backupStore(database, dataPaths(draft).database);
    for (const name of KEPT) if (await isThere(join(path, name))) await copyFile(join(path, name), join(draft, name));
    await rename(draft, target);
    return { path: target, ...backup };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}
