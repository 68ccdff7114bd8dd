import { afterEach, describe, expect, it } from '@jest/globals';
import type { ContainerExit } from '../../src/runtime/runtime.js';
import { eventually, Fixture, isAlive, logOf, pidInLog, program, spec } from './fixture.js';

const fixture = new Fixture();
afterEach(() => fixture.cleanUp());

const MIB = 1024 * 1024;
const HOARDER =
  'console.log("hoarder=" + process.pid); globalThis.hoard = Buffer.alloc(300 * 1024 * 1024, 1); setInterval(() => {}, 1000);';

describe('a memory limit', () => {
  it('kills the container that exceeds it in all its processes together, and says so in log and exit', async () => {
    const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(HOARDER)}], { detached: true, stdio: 'inherit' }); setInterval(() => {}, 1000);`;
    const runtime = fixture.runtime({ lookEveryMs: 50, images: { hoarder: program(parent) } });
    const exits: ContainerExit[] = [];
    runtime.onExit((_, exit) => exits.push(exit));
    await runtime.start(spec({ image: 'hoarder', memory: 256 * MIB }));
    const child = await pidInLog(runtime, 'hoarder');
    await eventually('the kill', () => exits.length > 0);
    expect(exits).toEqual([{ exitCode: null, signal: 'SIGKILL', oomKilled: true }]);
    await eventually('the end of its child', () => !isAlive(child));
    expect(logOf(runtime)).toMatch(/\[mooring\] out of memory: \d{9} bytes in use, 268435456 allowed/);
  });

  it('leaves alone what stays below it, and what has none', async () => {
    const runtime = fixture.runtime({ lookEveryMs: 20, images: { hoarder: program(HOARDER) } });
    await runtime.start(spec({ image: 'hoarder' }));
    await runtime.start(spec({ uuid: 'small', memory: 64 * MIB }));
    const exits: string[] = [];
    runtime.onExit((uuid) => exits.push(uuid));
    await runtime.start(spec({ uuid: 'big', image: 'hoarder', memory: 128 * MIB }));
    await eventually('the kill of the big one', () => exits.length > 0);
    expect(exits).toEqual(['big']);
    expect([runtime.isRunning('c1'), runtime.isRunning('small')]).toEqual([true, true]);
  });
});
