import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { installationId } from '../../src/runtime/installation.js';
import { claimDataFolder, releaseDataFolder } from '../../src/runtime/owner-file.js';
import { findProcess } from '../../src/runtime/process-table.js';
import { Fixture } from './fixture.js';

const fixture = new Fixture();
afterEach(() => fixture.cleanUp());

describe('installationId', () => {
  it('is kept with the folder, and differs from folder to folder', () => {
    const folder = join(fixture.folder(), 'new');
    const id = installationId(folder);
    expect([installationId(folder), installationId(fixture.folder()) === id]).toEqual([id, false]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it.each(['', 'abc', 'x'.repeat(32)])('is made anew where a crash left %j', (content) => {
    const folder = fixture.folder();
    writeFileSync(join(folder, 'installation-id'), content);
    const id = installationId(folder);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(installationId(folder)).toBe(id);
  });
});

describe('claimDataFolder', () => {
  const parent = { pid: process.ppid, startTime: findProcess(process.ppid)?.startTime };
  const write = (folder: string, owner: unknown) => writeFileSync(join(folder, 'runtime-owner.json'), JSON.stringify(owner));

  it('refuses a folder that another live process holds, and does not release it', async () => {
    const folder = fixture.folder();
    write(folder, parent);
    await releaseDataFolder(folder);
    await expect(claimDataFolder(folder)).rejects.toMatchObject({
      code: 'DataFolderInUse',
      message: expect.stringContaining(String(parent.pid)),
    });
  });

  it.each([
    ['a pid that is used again by another process', { ...parent, startTime: '1' }],
    ['a process that is gone', { pid: 2 ** 22 + 1, startTime: '1' }],
    ['something unreadable', 'torn'],
  ])('takes a folder from %s', async (_, owner) => {
    const folder = fixture.folder();
    write(folder, owner);
    await claimDataFolder(folder);
    await expect(claimDataFolder(folder)).resolves.toBeUndefined();
  });
});
