import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Environment } from '../config/sources.js';
import { makeFolder } from '../data/make-folder.js';

class CacheFolderError extends Error {
  override readonly name = 'CacheFolderError';
  readonly code = 'CacheFolder';
}

/** Where fetched programs are kept, for every data folder: `$XDG_CACHE_HOME/mooring`, or `~/.cache/mooring` (XDG Base Directory). */
export function cacheFolder(environment: Environment, home = homedir()): string {
  const base = environment.XDG_CACHE_HOME;
  return join(base && isAbsolute(base) ? base : join(home, '.cache'), 'mooring');
}

/**
 * Makes a folder of the cache, and answers its path.
 *
 * @throws CacheFolderError if it can't be made.
 */
export async function makeCacheFolder(cache: string, ...names: string[]): Promise<string> {
  const path = join(cache, ...names);
  try {
    await makeFolder(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CacheFolderError(`The cache folder ${path} can't be made (${code}). Set XDG_CACHE_HOME to a folder of yours.`, {
      cause: error,
    });
  }
  return path;
}
