import { access, chmod, mkdir, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';

const MODE = 0o700;

/**
 * Makes a folder for its owner only, and what is missing above it; one that is there stays as it is. Unlike Node's own recursive mkdir, which never ends there, it gives up where the system
 * answers ENOENT though the parent exists, as in /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: MODE });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const parent = dirname(path);
    if (
      code !== 'ENOENT' ||
      (await access(parent).then(
        () => true,
        () => false,
      ))
    )
      throw error;
    await makeFolder(parent);
    await makeFolder(path);
  }
}

/**
 * Makes a folder that nobody but its owner can look into. One that is there is closed to others only where it is empty or has `mark` in it:
 * another folder, such as /tmp or a home, isn't ours to close.
 *
 * @throws the system's error if it can't be made or read.
 */
export async function makePrivateFolder(path: string, mark: string): Promise<void> {
  await makeFolder(path);
  const entries = await readdir(path);
  if (entries.length === 0 || entries.includes(mark)) await chmod(path, MODE);
}
