import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, Fixture, isAlive, logOf, pidInLog, program, spec } from './fixture.js';

const fixture = new Fixture();
afterEach(() => fixture.cleanUp());

const DEAF = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('session=' + process.pid);";
/** Starts a process in a session of its own, as Jupyter does with its kernels, and one in its own group. */
const PARENT = `
  const { spawn } = require('node:child_process');
  spawn(process.execPath, ['-e', ${JSON.stringify(DEAF)}], { detached: true, stdio: 'inherit' });
  console.log('group=' + spawn('sleep', ['1000'], { stdio: 'inherit' }).pid);
  setInterval(() => {}, 1000);
`;

describe('what a container started itself', () => {
  it('is ended by a stop, also where it has a session of its own and ignores SIGTERM', async () => {
    const runtime = fixture.runtime({ images: { parent: program(PARENT) } });
    await runtime.start(spec({ image: 'parent' }));
    const pids = await Promise.all([pidInLog(runtime, 'session'), pidInLog(runtime, 'group')]);
    expect(pids.map(isAlive)).toEqual([true, true]);
    await runtime.stop('c1', 300);
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  it('does not outlive the first process, and the exit is told when all of it is gone', async () => {
    const runtime = fixture.runtime({ images: { parent: program(PARENT) } });
    const aliveAtExit: boolean[] = [];
    const { pid } = await runtime.start(spec({ image: 'parent' }));
    const pids = await Promise.all([pidInLog(runtime, 'session'), pidInLog(runtime, 'group')]);
    runtime.onExit(() => aliveAtExit.push(...pids.map(isAlive)));
    process.kill(pid, 'SIGKILL');
    await eventually('the exit', () => aliveAtExit.length > 0);
    expect(aliveAtExit).toEqual([false, false]);
  });

  it('leaves the containers beside it alone', async () => {
    const runtime = fixture.runtime();
    const [, other] = await Promise.all([runtime.start(spec()), runtime.start(spec({ uuid: 'c2' }))]);
    await runtime.stop('c1');
    expect([isAlive(other.pid), runtime.isRunning('c2')]).toEqual([true, true]);
  });

  it('has the rest of the grace where a shell ends before its child', async () => {
    const saver =
      "process.on('SIGTERM', () => setTimeout(() => { console.log('saved'); process.exit(); }, 200)); console.log('child=' + process.pid); setInterval(() => {}, 1000);";
    const runtime = fixture.runtime({
      images: { shell: { entrypoint: ['sh', '-c', '"$@"; true', 'sh'], command: [process.execPath, '-e', saver] } },
    });
    await runtime.start(spec({ image: 'shell' }));
    const child = await pidInLog(runtime, 'child');
    await runtime.stop('c1', 15_000);
    expect(isAlive(child)).toBe(false);
    expect(logOf(runtime)).toContain('saved');
  });
});
