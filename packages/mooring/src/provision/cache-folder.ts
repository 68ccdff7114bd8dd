import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Environment } from '../config/sources.js';

/** Where fetched programs are kept, for every data folder: `$XDG_CACHE_HOME/mooring`, or `~/.cache/mooring` (XDG Base Directory). */
export function cacheFolder(environment: Environment, home = homedir()): string {
  const base = environment.XDG_CACHE_HOME;
  return join(base && isAbsolute(base) ? base : join(home, '.cache'), 'mooring');
}

/** Makes a folder of the cache, and answers its path. */
export async function makeCacheFolder(cache: string, ...names: string[]): Promise<string> {
  const path = join(cache, ...names);
  await mkdir(path, { recursive: true, mode: 0o700 });
  return path;
}
