import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openStore } from '@mooring/resources';
import { openDataFolder } from '../../src/data/data-folder.js';
import { runProgram } from '../../src/program.js';
import { scratch } from '../support/scratch.js';

async function backup(folder: string, into: string) {
  const said = { out: '', err: '' };
  const code = await runProgram(['backup', into], {
    environment: { MOORING_DATA: folder },
    machine: 'm',
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

describe('mooring backup', () => {
  it('makes a data folder of one that is in use, on which Mooring can be started', async () => {
    const folder = join(await scratch(), 'data');
    const data = await openDataFolder(folder);
    const store = await openStore({ path: data.database });
    const spec = { owner: { name: 'ada' }, launch: { image: 'i:1' }, route: { type: 'none' as const } };
    const ada = await store.create('Session', { metadata: { name: 'ada' }, spec });
    const into = join(await scratch(), 'backups', 'monday');
    const { code, out, err } = await backup(folder, into);
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(`${into}: 1 session(s), up to resourceVersion 1. To restore it, start Mooring with MOORING_DATA=${into}.\n`);
    expect((await stat(into)).mode & 0o777).toBe(0o700);
    expect(await readdir(into)).toEqual(['mooring.db', 'sign-in.key', 'traefik-token.key']);
    await store.close();
    await data.release();
    const restored = await openDataFolder(into);
    expect([restored.routeToken, restored.signInKey]).toEqual([data.routeToken, data.signInKey]);
    const again = await openStore({ path: restored.database });
    expect((await again.list('Session')).items).toEqual([ada]);
    await again.close();
    await restored.release();
  });

  it('writes over nothing, and leaves nothing where it fails', async () => {
    const folder = await scratch();
    const target = await scratch();
    await writeFile(join(target, 'dear'), 'x');
    expect(await backup(folder, target)).toMatchObject({ code: 1, err: expect.stringContaining('is not empty') });
    expect(await readFile(join(target, 'dear'), 'utf8')).toBe('x');
    const nowhere = await backup(folder, join(target, 'new'));
    expect(nowhere).toMatchObject({ code: 1, err: expect.stringMatching(/There is no store .* Set MOORING_DATA/) });
    expect(await readdir(target)).toEqual(['dear']);
  });
});
