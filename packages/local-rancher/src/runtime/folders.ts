import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RuntimeError } from './errors.js';

const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** Docker's rule for the names of volumes; such a name is also safe as the name of a folder. */
export function isSafeName(name: string): boolean {
  return name.length <= 255 && FILE_NAME.test(name);
}

/** Where on disk a container's things are. */
export interface ContainerFolders {
  /** All of it; goes when the container is removed. */
  root: string;
  log: string;
  /** `{folder}`: what stands for the container's own file system. */
  scratch: string;
  home: string;
  temporary: string;
}

/** @throws RuntimeError InvalidContainer where the uuid can't be the name of a folder */
export function containerFolders(dataDir: string, uuid: string): ContainerFolders {
  if (!isSafeName(uuid)) {
    throw new RuntimeError('InvalidContainer', `uuid: ${JSON.stringify(uuid)} can't name a folder. Use letters, digits and . _ - only.`);
  }
  const root = join(dataDir, 'containers', uuid);
  const scratch = join(root, 'scratch');
  return { root, log: join(root, 'log'), scratch, home: join(scratch, 'home'), temporary: join(scratch, 'tmp') };
}

export async function makeFolders(paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => mkdir(path, { recursive: true, mode: 0o700 })));
}

/** What isn't there is no error. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}
