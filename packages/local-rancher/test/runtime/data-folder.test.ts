import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { claimDataFolder, releaseDataFolder } from '../../src/runtime/owner-file.js';
import { findProcess } from '../../src/runtime/process-table.js';
import { Fixture } from './fixture.js';

const fixture = new Fixture();
afterEach(() => fixture.cleanUp());

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
