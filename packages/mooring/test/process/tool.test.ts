import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runTool, ToolError } from '../../src/process/tool.js';
import { isAlive } from '../support/processes.js';
import { scratch, script } from '../support/scratch.js';
import { until } from '../support/until.js';

const ENVIRONMENT = { environment: { PATH: '/usr/bin:/bin' } };
const DEADLINE = { ...ENVIRONMENT, deadlineMs: 10_000 };

describe('a tool', () => {
  it('gives its lines', async () => {
    const seen: string[] = [];
    const tool = await script(await scratch(), 'tool', 'echo "one $1"; echo two');
    expect(await runTool(tool, ['x'], { ...DEADLINE, onLine: (line) => seen.push(line) })).toEqual(['one x', 'two']);
    expect(seen).toEqual(['one x', 'two']);
  });

  it('that fails is told with its last lines, without addresses', async () => {
    const tool = await script(
      await scratch(),
      'pip',
      'echo "from https://user:secret@mirror.example/simple host=\'mirror.example\'" >&2; exit 4',
    );
    const failure: unknown = await runTool(tool, [], DEADLINE).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ToolError);
    expect(failure).toMatchObject({ message: expect.stringContaining('failed (4)'), lines: ["from (address) host='…'"] });
  });

  it('that is not there is told', async () => {
    await expect(runTool('no-such-tool-here', [], DEADLINE)).rejects.toThrow('no-such-tool-here is not installed, or not on PATH.');
  });

  it('that takes too long is ended', async () => {
    const tool = await script(await scratch(), 'tool', 'exec sleep 60');
    await expect(runTool(tool, [], { ...ENVIRONMENT, deadlineMs: 50 })).rejects.toThrow('took too long and was ended');
  });

  it('that is called off is ended with all that it started', async () => {
    const folder = await scratch();
    const tool = await script(folder, 'tool', `sleep 60 & echo $! > ${join(folder, 'pid')}; wait`);
    const callOff = new AbortController();
    const running = runTool(tool, [], { ...DEADLINE, signal: callOff.signal });
    const childPid = () => readFile(join(folder, 'pid'), 'utf8').then(Number, () => 0);
    await until(async () => (await childPid()) > 0);
    callOff.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    const pid = await childPid();
    await until(() => !isAlive(pid));
  });
});
