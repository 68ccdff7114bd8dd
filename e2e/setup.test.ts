import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from './support/until.js';

/** As npx does, it hands no signal on to what it started. */
const DEAF_NPX = '#!/bin/sh\nsleep 300 &\necho $! >"$PIDS"\nwait\n';

describe('setting up', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'mooring-setup-'));
    for (const folder of ['scripts', 'packages', 'bin']) await mkdir(join(root, folder));
    for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) await writeFile(join(root, file), '');
    await cp('scripts/setup.mjs', join(root, 'scripts', 'setup.mjs'));
    await writeFile(join(root, 'bin', 'npx'), DEAF_NPX);
    await chmod(join(root, 'bin', 'npx'), 0o755);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('ends what the installation started on %s to itself alone', async (signal) => {
    const pids = join(root, 'pids');
    const setup = spawn(process.execPath, [join(root, 'scripts', 'setup.mjs')], {
      env: { ...process.env, PATH: `${join(root, 'bin')}${delimiter}${process.env.PATH}`, PIDS: pids },
      stdio: 'ignore',
    });
    const ended = once(setup, 'exit');
    const installer = await until(async () => Number(await readFile(pids, 'utf8').catch(() => '')));
    setup.kill(signal);
    expect(await ended).toEqual([130, null]);
    await until(() => stateOf(installer).then((state) => state === 'gone'), { what: () => `the end of process ${installer}` });
  });
});

/** A zombie that nobody has fetched yet counts as gone. */
async function stateOf(pid: number): Promise<'alive' | 'gone'> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z') ? 'gone' : 'alive';
}
