import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { cacheFolder, makeCacheFolder } from '../../src/provision/cache-folder.js';
import { fillOnce, isFilled } from '../../src/provision/once.js';
import { scratch } from '../support/scratch.js';

const { signal } = new AbortController();

describe('a folder of the cache', () => {
  it('is filled once', async () => {
    const folder = join(await scratch(), 'a', 'b');
    let fills = 0;
    const fill = async (path: string): Promise<void> => {
      fills += 1;
      await writeFile(join(path, 'file'), 'x');
    };
    await fillOnce(folder, fill, signal);
    await fillOnce(folder, fill, signal);
    expect(fills).toBe(1);
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('x');
  });

  it('that cannot be made is told with the cure', async () => {
    await expect(makeCacheFolder('/proc/mooring/cache')).rejects.toThrow(
      "The cache folder /proc/mooring/cache can't be made (ENOENT). Set XDG_CACHE_HOME",
    );
  });

  it('does not count as filled after a failure, and is filled the next time', async () => {
    const folder = join(await scratch(), 'a');
    const cutShort = async (path: string): Promise<void> => {
      await writeFile(join(path, 'half'), '');
      throw new Error('no network');
    };
    await expect(fillOnce(folder, cutShort, signal)).rejects.toThrow('no network');
    expect(await isFilled(folder)).toBe(false);
    await fillOnce(folder, async (path) => expect(await readdir(path)).toEqual([]), signal);
    expect(await isFilled(folder)).toBe(true);
  });

  it('is where XDG says', async () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/c' }, '/home/ada')).toBe('/c/mooring');
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative' }, '/home/ada')).toBe('/home/ada/.cache/mooring');
    expect(cacheFolder({}, '/home/ada')).toBe('/home/ada/.cache/mooring');
    const cache = await scratch();
    expect(await makeCacheFolder(cache, 'a', 'b')).toBe(join(cache, 'a', 'b'));
  });
});
