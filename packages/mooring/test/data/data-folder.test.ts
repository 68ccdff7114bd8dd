import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DataFolderError, openDataFolder } from '../../src/data/data-folder.js';
import { rotateLog } from '../../src/data/log-file.js';
import { birthOf } from '../../src/process/proc.js';
import { lasting } from '../support/processes.js';
import { scratch } from '../support/scratch.js';

const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('the data folder', () => {
  it('is for its owner only, and keeps id and keys', async () => {
    const path = join(await scratch(), 'data');
    const first = await openDataFolder(path);
    await first.release();
    expect(await mode(path)).toBe(0o700);
    for (const file of ['installation-id', 'sign-in.key', 'traefik-token.key']) expect(await mode(join(path, file))).toBe(0o600);
    const second = await openDataFolder(path);
    await second.release();
    expect({ ...second, release: undefined }).toEqual({ ...first, release: undefined });
    expect(first.signInKey).toHaveLength(32);
    expect(first.routeToken).toMatch(/^[0-9a-f]{64}$/);
  });

  it('that others could read is closed to them', async () => {
    const path = await scratch();
    await chmod(path, 0o755);
    await (await openDataFolder(path)).release();
    expect(await mode(path)).toBe(0o700);
  });

  it('of something else is left as open as it was', async () => {
    const path = await scratch();
    await writeFile(join(path, 'letters.txt'), '');
    await chmod(path, 0o755);
    await (await openDataFolder(path)).release();
    expect(await mode(path)).toBe(0o755);
    for (const folder of ['logs', 'traefik', 'rancher', 'containers']) expect(await mode(join(path, folder))).toBe(0o700);
  });

  it('in use by another process is refused with the cure', async () => {
    const path = await scratch();
    const { pid } = await lasting();
    await mkdir(join(path, 'lock'));
    await writeFile(join(path, 'lock', `${pid}-${await birthOf(pid)}`), '');
    const opening = openDataFolder(path);
    await expect(opening).rejects.toThrow(DataFolderError);
    await expect(openDataFolder(path)).rejects.toThrow(`is in use by process ${pid}. Stop that one, or set MOORING_DATA`);
  });

  it('that cannot be made is told', async () => {
    const file = join(await scratch(), 'file');
    await writeFile(file, '');
    await expect(openDataFolder(join(file, 'data'))).rejects.toThrow(/can't be made or entered \(ENOTDIR\)\. Set MOORING_DATA/);
  });

  it('where nothing can be made is told, however deep', async () => {
    await expect(openDataFolder('/proc/mooring')).rejects.toThrow(/can't be made or entered \(ENOENT\)/);
    await expect(openDataFolder('/proc/mooring/data')).rejects.toThrow(/can't be made or entered \(ENOENT\)/);
  });

  it('does not replace a key that was spoilt', async () => {
    const path = await scratch();
    await writeFile(join(path, 'sign-in.key'), 'spoilt');
    await expect(openDataFolder(path)).rejects.toThrow("sign-in.key doesn't hold what it should");
  });
});

describe('a log', () => {
  it('is put aside when it has grown large', async () => {
    const folder = await scratch();
    const file = join(folder, 'a.log');
    await rotateLog(file, 10);
    await writeFile(file, 'small');
    await rotateLog(file, 10);
    expect(await readdir(folder)).toEqual(['a.log']);
    await writeFile(file, 'no longer small');
    await rotateLog(file, 10);
    expect(await readdir(folder)).toEqual(['a.log.1']);
  });
});
