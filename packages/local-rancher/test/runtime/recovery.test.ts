import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Ownership } from '../../src/runtime/ownership.js';
import { eventually, Fixture, installationOf, isAlive, spec } from './fixture.js';

const PARENT = fileURLToPath(new URL('./abandoned-parent.mjs', import.meta.url));
const fixture = new Fixture();
const parents: ChildProcess[] = [];
const dataDirs: string[] = [];

afterEach(async () => {
  await killParents();
  for (const pid of dataDirs.splice(0).flatMap(processesOf)) process.kill(pid, 'SIGKILL');
  await fixture.cleanUp();
});

async function killParents(): Promise<void> {
  await Promise.all(parents.splice(0).map((parent) => kill(parent)));
}

async function kill(parent: ChildProcess): Promise<void> {
  if (parent.exitCode !== null || parent.signalCode !== null) return;
  parent.kill('SIGKILL');
  await once(parent, 'exit');
}

/** A second program that runs containers in the folder. */
async function runParent(dataDir: string): Promise<{ parent: ChildProcess; pids: number[] }> {
  const parent = spawn(process.execPath, [PARENT, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  parents.push(parent);
  dataDirs.push(dataDir);
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const { log } = JSON.parse(line) as { log: string };
  await eventually('the grandchild is up', () => readFileSync(log, 'utf8').includes('up'));
  return { parent, pids: processesOf(dataDir) };
}

const processesOf = (dataDir: string): number[] => [...new Ownership(installationOf(dataDir)).byContainer().values()].flat();

describe('recover', () => {
  it('ends what a killed parent left behind, a session of its own that ignores SIGTERM included, and nothing else', async () => {
    const dataDir = fixture.folder();
    const stranger = await fixture.runtime().start(spec());
    const { parent, pids } = await runParent(dataDir);
    expect(pids).toHaveLength(3);
    await kill(parent);
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    const runtime = fixture.runtime({ dataDir });
    await runtime.recover(new Set());
    expect(pids.map(isAlive)).toEqual([false, false, false]);
    expect(isAlive(stranger.pid)).toBe(true);
    await expect(runtime.start(spec({ uuid: 'sleeper' }))).resolves.toMatchObject({ pid: expect.any(Number) });
  });

  it('refuses a folder whose containers another program runs, and leaves them alone', async () => {
    const dataDir = fixture.folder();
    const { pids } = await runParent(dataDir);
    await expect(fixture.runtime({ dataDir }).recover(new Set())).rejects.toMatchObject({ code: 'DataFolderInUse' });
    expect(pids.map(isAlive)).toEqual([true, true, true]);
    await killParents();
    await fixture.runtime({ dataDir }).recover(new Set());
  });

  it('leaves alone what carries the mark and is no container: it is another part of the same installation', async () => {
    const dataDir = fixture.folder();
    const { variable, id } = installationOf(dataDir);
    const other = spawn('sleep', ['1000'], { env: { [variable]: id }, stdio: 'ignore' });
    parents.push(other);
    await fixture.runtime({ dataDir }).recover(new Set());
    expect(isAlive(other.pid as number)).toBe(true);
  });

  it('goes on with a folder that was closed', async () => {
    const dataDir = fixture.folder();
    for (const turn of [1, 2]) {
      const runtime = fixture.runtime({ dataDir });
      await runtime.recover(new Set());
      await runtime.start(spec({ uuid: `c${turn}` }));
      await runtime.close();
    }
    expect(processesOf(dataDir)).toEqual([]);
  });
});
