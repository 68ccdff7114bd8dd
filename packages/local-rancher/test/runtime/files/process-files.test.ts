import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { extract, pack } from 'tar-stream';
import { createProcessFiles } from '../../../src/runtime/files/process-files.js';
import { eventually, Fixture, spec } from '../fixture.js';

const fixture = new Fixture();
afterEach(() => fixture.cleanUp());

/** A container that runs this script of a shell, as one of its own entry point does. */
async function run(script: string) {
  const dataDir = fixture.folder();
  const runtime = fixture.runtime({ dataDir });
  const files = createProcessFiles({ dataDir, runtime });
  await runtime.start(spec({ entrypoint: ['/bin/sh', '-c', script] }));
  const scratch = join(dataDir, 'containers', 'c1', 'scratch');
  const ended = () => eventually('its end', () => !runtime.isRunning('c1') && files.state('c1').then(({ Status }) => Status === 'exited'));
  return { files, runtime, scratch, ended };
}

type Item = { name: string; type?: 'file' | 'directory' | 'symlink'; content?: string; linkname?: string };
function tar(...items: Item[]): { body: Readable } {
  const archive = pack();
  for (const { content = '', ...header } of items) archive.entry(header, content);
  archive.finalize();
  return { body: Readable.from(archive) };
}

async function namesIn(archive: Readable): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const extractor = extract();
  Readable.from([await buffer(archive)]).pipe(extractor as never);
  for await (const entry of extractor) found[entry.header.name] = await text(Readable.from(entry));
  return found;
}

describe('the files of a container that is a process', () => {
  it('are told as added, changed and deleted, but for what was put in before', async () => {
    const wait = 'until [ -e "$CONTAINER_ROOT/.mooring/go" ]; do sleep 0.02; done';
    const { files, ended } = await run(
      `${wait}; cd "$CONTAINER_ROOT/data"; echo more >> changed; rm gone; echo new > "$HOME/new"; ln -s new "$HOME/link"`,
    );
    await files.writeArchive(
      'c1',
      '/data',
      tar({ name: 'kept', content: '1' }, { name: 'changed', content: '2' }, { name: 'gone', content: '3' }),
    );
    expect(await files.changes('c1')).toEqual([]);
    await files.writeArchive('c1', '/', tar({ name: '.mooring/go' }));
    await ended();
    expect(await files.changes('c1')).toEqual([
      { path: '/data/changed', kind: 'changed' },
      { path: '/data/gone', kind: 'deleted' },
      { path: '/home/link', kind: 'added' },
      { path: '/home/new', kind: 'added' },
    ]);
    expect(await namesIn(await files.readArchive('c1'))).toEqual({ 'data/changed': '2more\n', 'home/link': '', 'home/new': 'new\n' });
  });

  it('are read whole or in part', async () => {
    const { files, ended } = await run('printf 0123456789 > a; : > empty; mkdir folder');
    await ended();
    const read = async (path: string, range?: { start: number; end?: number }) => {
      const { info, body } = await files.readFile('c1', path, range && { range });
      return [info.size, await text(body)];
    };
    expect(await read('/home/a')).toEqual([10, '0123456789']);
    expect(await read('/home/a', { start: 2, end: 4 })).toEqual([10, '234']);
    expect(await read('/home/a', { start: 8 })).toEqual([10, '89']);
    expect(await read('/home/empty')).toEqual([0, '']);
    await expect(read('/home/folder')).rejects.toMatchObject({ code: 'NotAFile' });
    await expect(read('/home/none')).rejects.toMatchObject({ code: 'PathNotFound' });
  });

  it('are all that is read: no link and no path leads out', async () => {
    const { files, scratch, ended } = await run('mkdir in; echo inside > in/a; ln -s in/a good');
    await ended();
    const outside = fixture.folder();
    writeFileSync(join(outside, 'secret'), 'secret');
    symlinkSync(join(outside, 'secret'), join(scratch, 'home', 'file'));
    symlinkSync(outside, join(scratch, 'home', 'folder'));
    symlinkSync('../../../..', join(scratch, 'home', 'up'));
    expect(await text((await files.readFile('c1', '/home/good')).body)).toBe('inside\n');
    for (const path of ['/home/file', '/home/folder/secret', '/home/up/containers/c1/life.json', '/../life.json', '/home/../../log'])
      await expect(files.readFile('c1', path)).rejects.toMatchObject({ code: 'PathRefused' });
    expect(Object.values(await namesIn(await files.readArchive('c1')))).not.toContain('secret');
  });

  it('are written nowhere else', async () => {
    const { files, scratch } = await run('sleep 100');
    const outside = fixture.folder();
    symlinkSync(outside, join(scratch, 'home', 'folder'));
    writeFileSync(join(outside, 'a'), 'as it was');
    symlinkSync(join(outside, 'a'), join(scratch, 'home', 'file'));
    const put = (path: string, ...items: Item[]) => files.writeArchive('c1', path, tar(...items));
    await expect(put('/', { name: '../a' })).rejects.toMatchObject({ code: 'PathRefused' });
    await expect(put('/home/folder', { name: 'a', content: 'bad' })).rejects.toMatchObject({ code: 'BadArchive' });
    await expect(put('/home', { name: 'folder/a', content: 'bad' })).rejects.toMatchObject({ code: 'BadArchive' });
    await expect(put('/home', { name: 'file', content: 'bad' })).rejects.toBeTruthy();
    await expect(put('/', { name: 'x', type: 'symlink', linkname: '/etc' })).rejects.toMatchObject({ code: 'BadArchive' });
    expect(readFileSync(join(outside, 'a'), 'utf8')).toBe('as it was');
  });

  it('tell its output while it runs, until it has ended, and its state', async () => {
    const { files, ended } = await run('echo one; until [ -e go ]; do sleep 0.02; done; echo two >&2; exit 3');
    const output = await files.logs('c1', { follow: true });
    let said = '';
    const told = new Promise((resolve) => output.once('end', resolve));
    output.on('data', (chunk) => {
      said += String(chunk);
    });
    await eventually('its first line', () => said === 'one\n');
    expect(await files.state('c1')).toMatchObject({ Status: 'running', Running: true, FinishedAt: '0001-01-01T00:00:00Z' });
    await files.writeArchive('c1', '/home', tar({ name: 'go' }));
    await told;
    expect(said).toBe('one\ntwo\n');
    await ended();
    expect(await files.state('c1')).toMatchObject({ Status: 'exited', Running: false, ExitCode: 3 });
    expect(await text(await files.logs('c1'))).toBe('one\ntwo\n');
  });

  it('are not there before it was started, nor after it was removed', async () => {
    const { files, runtime, ended } = await run('true');
    await ended();
    await runtime.remove('c1');
    for (const ask of [files.state, files.changes, files.readArchive, files.logs])
      await expect(ask('c1')).rejects.toMatchObject({ code: 'NotFound' });
  });
});
