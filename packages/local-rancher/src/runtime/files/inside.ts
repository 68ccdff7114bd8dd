import { constants, type FileHandle, lstat, mkdir, open, readlink, realpath } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { systemErrorCode } from '../errors.js';
import { FilesError } from './errors.js';

/** A path in a container as its parts, without any that lead up. @throws FilesError PathRefused */
export function partsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || path.includes('\0')) throw refused(path);
  return parts;
}

const refused = (path: string): FilesError =>
  new FilesError('PathRefused', `${JSON.stringify(path)} leads out of the container. Name a file inside of it.`);

const notFound = (path: string): FilesError => new FilesError('PathNotFound', `There is no ${JSON.stringify(path)} in the container.`);

/** What is open is judged, not its name: a link that is put in between leads nowhere. @throws FilesError PathRefused */
async function requireInside(file: FileHandle, root: string, path: string): Promise<void> {
  const real = await readlink(`/proc/self/fd/${file.fd}`);
  if (!real.startsWith(`${await realpath(root)}/`)) throw refused(path);
}

/** Opens a regular file for reading. @throws FilesError */
export async function openInside(root: string, path: string): Promise<FileHandle> {
  const file = await open(join(root, ...partsOf(path)), constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(systemErrorCode(error) ?? '') ? notFound(path) : refused(path);
  });
  try {
    await requireInside(file, root, path);
    if (!(await file.stat()).isFile())
      throw new FilesError('NotAFile', `${JSON.stringify(path)} is no file. GET …/changes lists what there is.`);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Makes a folder and those above it, none of which may be a link. @throws FilesError BadArchive */
export async function makeInside(root: string, parts: readonly string[]): Promise<string> {
  let path = root;
  for (const part of parts) {
    path = posix.join(path, part);
    await mkdir(path, { mode: 0o755 }).catch((error: unknown) => {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    });
    if (!(await lstat(path)).isDirectory())
      throw new FilesError('BadArchive', `${JSON.stringify(parts.join('/'))} is no folder in the container.`);
  }
  return path;
}

/** Opens a file to be written anew, in place of what is there; a link isn't followed. */
export async function createInside(root: string, parts: readonly string[], mode: number): Promise<{ file: FileHandle; path: string }> {
  const folder = await makeInside(root, parts.slice(0, -1));
  const path = join(folder, parts.at(-1) ?? '');
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, mode);
  await requireInside(file, root, parts.join('/'));
  return { file, path };
}
