import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ClaimedError, claimFolder, holderOf } from '../../src/process/claim.js';
import { birthOf } from '../../src/process/proc.js';
import { kill, lasting } from '../support/processes.js';
import { scratch } from '../support/scratch.js';

async function claimedBy(pid: number): Promise<string> {
  const folder = await scratch();
  await writeFile(join(folder, `${pid}-${await birthOf(pid)}`), '');
  return folder;
}

describe('a claim of a folder', () => {
  it('is taken, and given back', async () => {
    const folder = join(await scratch(), 'made');
    const claim = await claimFolder(folder);
    expect(await readdir(folder)).toHaveLength(1);
    await claim.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is refused while another process that lives has it, and leaves no trace', async () => {
    const { pid } = await lasting();
    const folder = await claimedBy(pid);
    await expect(claimFolder(folder, 0)).rejects.toThrow(new ClaimedError(pid));
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('is seen by who only looks, and stays; a dead one counts for nothing', async () => {
    const { child, pid } = await lasting();
    const folder = await claimedBy(pid);
    expect(await holderOf(folder)).toBe(pid);
    await kill(child);
    expect(await holderOf(folder)).toBeUndefined();
    expect(await readdir(folder)).toHaveLength(1);
    expect(await holderOf(join(folder, 'missing'))).toBeUndefined();
  });

  it("takes a dead process' place", async () => {
    const { child, pid } = await lasting();
    const folder = await claimedBy(pid);
    await kill(child);
    const claim = await claimFolder(folder, 0);
    expect(await readdir(folder)).toEqual([expect.stringMatching(new RegExp(`^${process.pid}-`))]);
    await claim.release();
  });

  it('is not misled by a later process with the same pid', async () => {
    const { pid } = await lasting();
    const folder = await scratch();
    await writeFile(join(folder, `${pid}-12345.0a1b2c3d`), '');
    await (await claimFolder(folder, 0)).release();
  });

  it('waits for the other as long as it is told', async () => {
    const { child, pid } = await lasting();
    const folder = await claimedBy(pid);
    const waiting = claimFolder(folder, 10_000);
    await kill(child);
    await (await waiting).release();
  });

  it('stops waiting when it is called off', async () => {
    const { pid } = await lasting();
    const folder = await claimedBy(pid);
    const callOff = new AbortController();
    const waiting = claimFolder(folder, 10_000, callOff.signal);
    callOff.abort();
    await expect(waiting).rejects.toThrow();
  });
});
