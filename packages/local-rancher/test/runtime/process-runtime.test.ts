import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { ContainerExit } from '../../src/runtime/runtime.js';
import { eventually, Fixture, isAlive, logOf, program, spec } from './fixture.js';

const fixture = new Fixture();
afterEach(() => fixture.cleanUp());

function recordExits(runtime: ReturnType<Fixture['runtime']>): [string, ContainerExit][] {
  const exits: [string, ContainerExit][] = [];
  runtime.onExit((uuid, exit) => exits.push([uuid, exit]));
  return exits;
}

describe('start and stop', () => {
  it('runs the process until it is stopped, and tells no exit that was asked for', async () => {
    const runtime = fixture.runtime();
    const exits = recordExits(runtime);
    const { address, pid } = await runtime.start(spec());
    expect(address).toMatch(/^127\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./);
    expect([runtime.isRunning('c1'), isAlive(pid)]).toEqual([true, true]);
    await runtime.stop('c1');
    expect([runtime.isRunning('c1'), isAlive(pid), exits.length]).toEqual([false, false, 0]);
  });

  it('gives 50 containers that start at once an address each, and the same one again after a stop', async () => {
    const runtime = fixture.runtime();
    const specs = Array.from({ length: 50 }, (_, index) => spec({ uuid: `c${index}` }));
    const started = await Promise.all(specs.map((each) => runtime.start(each)));
    expect(new Set(started.map(({ address }) => address)).size).toBe(50);
    expect(started.every(({ pid }) => isAlive(pid))).toBe(true);
    await runtime.stop('c7');
    const again = await runtime.start(spec({ uuid: 'c7' }));
    expect(again.address).toBe(started[7]?.address);
    await runtime.close();
    expect(started.some(({ pid }) => isAlive(pid))).toBe(false);
  });

  it('keeps the address that a container had before', async () => {
    const { address } = await fixture.runtime().start(spec({ address: '127.99.1.2' }));
    expect(address).toBe('127.99.1.2');
  });

  it('refuses a second start of what runs, and starts again once it is stopping', async () => {
    const runtime = fixture.runtime();
    const first = await runtime.start(spec());
    await expect(runtime.start(spec())).rejects.toMatchObject({ code: 'AlreadyRunning' });
    const stopped = runtime.stop('c1');
    const second = await runtime.start(spec());
    await stopped;
    expect([second.pid !== first.pid, isAlive(second.pid), isAlive(first.pid)]).toEqual([true, true, false]);
  });

  it('kills what ignores SIGTERM when the grace is over', async () => {
    const runtime = fixture.runtime({
      images: { deaf: program("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up');") },
    });
    const { pid } = await runtime.start(spec({ image: 'deaf' }));
    await eventually('the program is up', () => logOf(runtime).includes('up'));
    await runtime.stop('c1', 100);
    expect(isAlive(pid)).toBe(false);
  });

  it('lets a later, shorter grace cut a stop short', async () => {
    const runtime = fixture.runtime({
      images: { deaf: program("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up');") },
    });
    const { pid } = await runtime.start(spec({ image: 'deaf' }));
    await eventually('the program is up', () => logOf(runtime).includes('up'));
    const patient = runtime.stop('c1', 3_600_000);
    await runtime.stop('c1', 0);
    await patient;
    expect(isAlive(pid)).toBe(false);
  });

  it('takes stop and remove of what it does not know for done', async () => {
    const runtime = fixture.runtime();
    await expect(Promise.all([runtime.stop('nobody'), runtime.remove('nobody')])).resolves.toBeDefined();
  });

  it('starts nothing after close, not even what was on its way', async () => {
    const runtime = fixture.runtime();
    const starting = runtime.start(spec()).then(
      ({ pid }) => isAlive(pid),
      () => false,
    );
    await runtime.close(0);
    expect(await starting).toBe(false);
    expect(runtime.isRunning('c1')).toBe(false);
    await expect(runtime.start(spec({ uuid: 'c2' }))).rejects.toMatchObject({ code: 'Closed' });
  });
});

describe('exits that nobody asked for', () => {
  it('tells each once, after the start was answered', async () => {
    const runtime = fixture.runtime();
    const order: string[] = [];
    runtime.onExit((uuid, exit) => order.push(`${uuid} ended ${JSON.stringify(exit)}`));
    await runtime.start(spec({ image: 'shell', command: ['exit 3'] })).then(() => order.push('started'));
    await eventually('the exit', () => order.length > 1);
    expect(order).toEqual(['started', 'c1 ended {"exitCode":3,"signal":null,"oomKilled":false}']);
    expect(runtime.isRunning('c1')).toBe(false);
  });

  it('names the signal, and lets the listener start it again', async () => {
    const runtime = fixture.runtime();
    const exits = recordExits(runtime);
    const { pid } = await runtime.start(spec());
    process.kill(pid, 'SIGKILL');
    await eventually('the exit', () => exits.length > 0);
    expect(exits).toEqual([['c1', { exitCode: null, signal: 'SIGKILL', oomKilled: false }]]);
    await expect(runtime.start(spec())).resolves.toMatchObject({ pid: expect.any(Number) });
  });
});

describe('what cannot be started', () => {
  it('says which command is missing, and keeps neither address nor process', async () => {
    const runtime = fixture.runtime({ images: { broken: { command: ['/no/such/program'] } } });
    const request = spec({ image: 'broken', address: '127.99.1.3' });
    await expect(runtime.start(request)).rejects.toMatchObject({
      code: 'CommandNotStarted',
      message: expect.stringContaining('/no/such/program'),
    });
    expect(runtime.isRunning('c1')).toBe(false);
    await expect(runtime.start(spec({ uuid: 'c2', address: '127.99.1.3' }))).resolves.toMatchObject({ address: '127.99.1.3' });
  });

  it('quotes no value of the environment where the system refuses it', async () => {
    const failure = await fixture
      .runtime()
      .start(spec({ env: { KEY: 'secret\0value' } }))
      .catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ code: 'CommandNotStarted' });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('secret');
  });

  it.each(['../escape', '', 'a/b'])('refuses the uuid %j', async (uuid) => {
    await expect(fixture.runtime().start(spec({ uuid }))).rejects.toMatchObject({ code: 'InvalidContainer' });
  });
});

describe('what a process is given', () => {
  it('has the environment of container and image, and nothing of its parent', async () => {
    const images = { shell: { entrypoint: ['sh', '-c'], command: [], env: { FROM_IMAGE: '{ip}:{port}', BOTH: 'image' } } };
    process.env.MOORING_TEST_SECRET = 'parent';
    const runtime = fixture.runtime({ images });
    const { address } = await runtime.start(
      spec({ image: 'shell', command: ['env; echo done'], env: { OWN: '{ip}', BOTH: 'container', LOCAL_RANCHER_CONTAINER: 'forged' } }),
    );
    const lines = await eventually('the environment in the log', () => logOf(runtime).includes('done\n') && logOf(runtime).split('\n'));
    delete process.env.MOORING_TEST_SECRET;
    expect(lines).toEqual(
      expect.arrayContaining([`FROM_IMAGE=${address}:8888`, 'OWN={ip}', 'BOTH=container', 'LOCAL_RANCHER_CONTAINER=c1']),
    );
    const names = lines.filter((line) => line.includes('=')).map((line) => line.split('=')[0]);
    // PWD, OLDPWD, SHLVL and _ are the shell's own.
    const own = names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name ?? '')).sort();
    expect(own).toEqual(
      [
        'BOTH',
        'CONTAINER_ADDRESS',
        'CONTAINER_ROOT',
        'FROM_IMAGE',
        'HOME',
        'LANG',
        'LOCAL_RANCHER_CONTAINER',
        'TEST_INSTALLATION',
        'OWN',
        'PATH',
        'TMPDIR',
      ].sort(),
    );
  });

  it('has volumes that outlive it, while its own folder and log go', async () => {
    const dataDir = fixture.folder();
    const images = { shell: { entrypoint: ['sh', '-c'], command: [], workingDir: '{volume:/data}' } };
    const runtime = fixture.runtime({ dataDir, images });
    const ended = new Promise((resolve) => runtime.onExit(resolve));
    await runtime.start(spec({ image: 'shell', command: ['echo kept > file; echo gone > "$HOME/file"'], volumes: ['work:/data/'] }));
    await ended;
    await runtime.remove('c1');
    expect(readFileSync(join(dataDir, 'volumes/work/file'), 'utf8')).toBe('kept\n');
    expect(existsSync(join(dataDir, 'containers/c1'))).toBe(false);
  });

  it('writes its output and errors to one log, which a second start goes on with', async () => {
    const runtime = fixture.runtime();
    for (const word of ['first', 'second']) {
      const before = logOf(runtime);
      await runtime.start(spec({ image: 'shell', command: [`echo ${word}; echo ${word} error >&2`] }));
      await eventually('the end', () => !runtime.isRunning('c1'));
      expect(logOf(runtime)).toBe(`${before}${word}\n${word} error\n`);
    }
  });

  it('loses the oldest lines of a log that grows beyond its bound', async () => {
    const runtime = fixture.runtime({ lookEveryMs: 20 });
    await runtime.start(spec());
    writeFileSync(runtime.logPath('c1'), `${'old line\n'.repeat(1_300_000)}newest line\n`);
    const trimmed = await eventually(
      'a shorter log',
      () => logOf(runtime).length < 6_000_000 && logOf(runtime).endsWith('newest line\n') && logOf(runtime),
    );
    expect(trimmed.startsWith('old line\n')).toBe(true);
  });
});
