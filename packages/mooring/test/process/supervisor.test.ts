import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Supervisor, type SupervisorOptions } from '../../src/process/supervisor.js';
import { recordingLogger } from '../support/logger.js';
import { isAlive } from '../support/processes.js';
import { scratch, script } from '../support/scratch.js';
import { until } from '../support/until.js';

async function supervised(body: string, options: Partial<SupervisorOptions> = {}) {
  const folder = await scratch();
  const logFile = join(folder, 'program.log');
  const { logger, lines } = recordingLogger();
  const command = await script(folder, 'program', body);
  const supervisor = new Supervisor(
    { name: 'Program', command, args: ['word'], env: { PATH: '/bin:/usr/bin', OWN: 'x' }, logFile },
    { logger, ...options },
  );
  return { supervisor, lines, log: () => readFile(logFile, 'utf8').catch(() => '') };
}

describe('a supervised program', () => {
  it('runs with its own environment only, and its output is kept', async () => {
    const { supervisor, log } = await supervised('echo "up $1 $OWN $HOME"; exec sleep 60');
    supervisor.start();
    await until(async () => (await log()).includes('up'));
    expect(await log()).toBe('up word x \n');
    const { pid } = supervisor;
    await supervisor.stop(5_000);
    expect(isAlive(pid as number)).toBe(false);
    expect(supervisor.pid).toBeUndefined();
  });

  it('is started again after growing waits when it ends unasked', async () => {
    const { supervisor, lines, log } = await supervised('echo run; exit 3', { backoffMs: 5, maxBackoffMs: 20 });
    supervisor.start();
    await until(() => lines.length >= 4);
    await supervisor.stop(1_000);
    expect(lines.slice(0, 4).map(({ code, restartInMs }) => [code, restartInMs])).toEqual([
      [3, 5],
      [3, 10],
      [3, 20],
      [3, 20],
    ]);
    const runs = (await log()).split('\n').length;
    expect(supervisor.pid).toBeUndefined();
    expect((await log()).split('\n')).toHaveLength(runs);
  });

  it('is made ready for each start but the first, which it does not hang on', async () => {
    let asked = 0;
    const beforeAgain = async (): Promise<void> => {
      asked += 1;
      throw new Error('not ready');
    };
    const { supervisor, lines, log } = await supervised('echo run; exit 3', { backoffMs: 5, beforeAgain });
    supervisor.start();
    await until(async () => (await log()).startsWith('run\nrun\n'));
    await supervisor.stop(1_000);
    expect(asked).toBeGreaterThan(0);
    expect(lines[1]).toMatchObject({ msg: 'Program is started again with what is there' });
  });

  it('is killed if it does not stop in time, asked once or several times', async () => {
    const { supervisor, log } = await supervised("trap '' TERM; echo up; while :; do sleep 0.05; done");
    supervisor.start();
    await until(async () => (await log()).includes('up'));
    const pid = supervisor.pid as number;
    await Promise.all([supervisor.stop(100), supervisor.stop(5_000), supervisor.stop(5_000)]);
    expect(isAlive(pid)).toBe(false);
  });

  it('is killed at once where that is asked for, and not started again', async () => {
    const { supervisor, lines, log } = await supervised("trap '' TERM; echo up; while :; do sleep 0.05; done");
    supervisor.start();
    await until(async () => (await log()).includes('up'));
    supervisor.kill();
    await supervisor.stop(60_000);
    expect([supervisor.pid, lines]).toEqual([undefined, []]);
  });

  it('that is not there is told and tried again, and can be stopped', async () => {
    const { logger, lines } = recordingLogger();
    const logFile = join(await scratch(), 'program.log');
    const supervisor = new Supervisor(
      { name: 'Nothing', command: '/nonexistent/program', args: [], env: {}, logFile },
      { logger, backoffMs: 5 },
    );
    supervisor.start();
    await until(() => lines.length >= 2);
    expect(lines[0]).toMatchObject({ msg: 'Nothing ended; it is started again', error: expect.stringContaining('ENOENT') });
    await supervisor.stop(1_000);
  });

  it('is not started again by a stop that comes while it waits', async () => {
    const { supervisor, lines } = await supervised('exit 1', { backoffMs: 60_000 });
    supervisor.start();
    await until(() => lines.length === 1);
    await supervisor.stop(1_000);
    expect(lines).toHaveLength(1);
  });
});
