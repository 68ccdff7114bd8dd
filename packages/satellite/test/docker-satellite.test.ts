import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Header, pack } from 'tar-stream';
import { DockerSatellite } from '../src/engine/docker-satellite.js';

const mtime = '2026-01-02T03:04:05Z';

const tarOf = (...rows: (Partial<Header> & { name: string; content?: string })[]): Promise<Buffer> => {
  const packed = pack();
  for (const { content = '', ...header } of rows) packed.entry({ mtime: new Date(5_000), ...header }, content);
  packed.finalize();
  return buffer(packed as unknown as Readable);
};

/** An Engine with one container, that says one thing of its files and then gives another. */
let said: { size: number; mode: number };
/** How often it fails to look at a path before it can. */
let failures: number;
/** Whether it still has the container. */
let isThere: boolean;
let given: (answer: ServerResponse) => void;
let engine: Server;
let satellite: DockerSatellite;
const folder = mkdtempSync(join(tmpdir(), 'satellite-'));

function answers(request: IncomingMessage, answer: ServerResponse): void {
  const { method, url = '' } = request;
  const json = (value: unknown): unknown => answer.setHeader('content-type', 'application/json').end(JSON.stringify(value));
  if (url.startsWith('/containers/json')) json(isThere ? [{ Id: 'c1' }] : []);
  else if (url.startsWith('/containers/c1/changes')) json([{ Path: '/file', Kind: 1 }]);
  else if (url.startsWith('/containers/c1/json')) json({ Config: { Tty: false }, State: { Status: 'running' } });
  else if (url.startsWith('/containers/c1/logs')) {
    const line = Buffer.from(new URL(url, 'http://engine').searchParams.get('follow') ?? 'nothing');
    answer.end(Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, line.length]), line]));
  } else if (failures > 0) {
    failures -= 1;
    answer.writeHead(500).end(JSON.stringify({ message: 'readlink /merged/file: invalid argument' }));
  } else if (method === 'PUT') request.resume().once('end', () => answer.end());
  else if (method === 'HEAD') {
    const stat = Buffer.from(JSON.stringify({ ...said, mtime, linkTarget: '' })).toString('base64');
    answer.setHeader('x-docker-container-path-stat', stat).end();
  } else given(answer);
}

beforeAll(async () => {
  engine = createServer(answers).listen(0, '127.0.0.1');
  await once(engine, 'listening');
  satellite = new DockerSatellite({ url: `tcp://127.0.0.1:${(engine.address() as AddressInfo).port}`, dataDir: folder });
});
afterAll(() => {
  engine.closeAllConnections();
  engine.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  said = { size: 5, mode: 0o644 };
  failures = 0;
  isThere = true;
});
const gives = (tar: Buffer): void => {
  given = (answer) => void answer.end(tar);
};

describe('a file that is another when it is read than when it was asked about', () => {
  it('has the size that it is read with', async () => {
    gives(await tarOf({ name: 'file', content: 'HTTP/1.1 200 OK' }));
    const { info, body } = await satellite.readFile('u', '/file');
    expect([info.size, await text(body)]).toEqual([15, 'HTTP/1.1 200 OK']);
    const part = await satellite.readFile('u', '/file', { range: { start: 9, end: 99 } });
    expect([part.range, await text(part.body)]).toEqual([{ start: 9, end: 14, size: 15 }, '200 OK']);
    await expect(satellite.readFile('u', '/file', { range: { start: 15 } })).rejects.toMatchObject({ code: 'RangeNotSatisfiable' });
  });

  it.each<[string, Parameters<typeof tarOf>]>([
    ['a link', [{ name: 'file', type: 'symlink', linkname: '/etc/shadow' }]],
    [
      'a folder',
      [
        { name: 'file/', type: 'directory' },
        { name: 'file/x', content: 'more' },
      ],
    ],
    ['a pipe', [{ name: 'file', type: 'fifo' }]],
    ['nothing', []],
  ])('is none where it is %s by now', async (_what, rows) => {
    gives(await tarOf(...rows));
    await expect(satellite.readFile('u', '/file')).rejects.toMatchObject({ code: 'NotAFile' });
    const archive = await buffer(await satellite.readArchive('u', '/', { only: 'changed' }));
    expect(archive.equals(await tarOf())).toBe(true);
  });

  it('is looked at again where the Engine fails at it, or gives its name without its content', async () => {
    const tar = await tarOf({ name: 'file', content: 'whole' });
    gives(tar);
    failures = 2;
    expect(await text((await satellite.readFile('u', '/file')).body)).toBe('whole');
    let gaps = 2;
    given = (answer) => {
      gaps -= 1;
      if (gaps === 0) failures = 1;
      answer.end(gaps >= 0 ? tar.subarray(0, 512) : tar);
    };
    const { info, body } = await satellite.readFile('u', '/file');
    expect([info.size, await text(body)]).toEqual([5, 'whole']);
  });

  it('is given up where that goes on', async () => {
    gives((await tarOf({ name: 'file', content: 'whole' })).subarray(0, 512));
    await expect(satellite.readFile('u', '/file')).rejects.toMatchObject({ code: 'Failed', message: expect.stringContaining('changes') });
    failures = 1_000;
    await expect(satellite.readFile('u', '/file')).rejects.toMatchObject({ code: 'Failed' });
    expect(failures).toBeGreaterThan(900);
  });

  it('is whole where it is empty', async () => {
    gives(await tarOf({ name: 'file', content: '' }));
    expect(await text((await satellite.readFile('u', '/file')).body)).toBe('');
  });

  it('breaks off where it ends before its size', async () => {
    gives((await tarOf({ name: 'file', content: 'x'.repeat(5_000) })).subarray(0, 3_000));
    await expect(satellite.readFile('u', '/file').then(({ body }) => buffer(body))).rejects.toThrow();
    await expect(satellite.readArchive('u', '/', { only: 'changed' }).then((body) => buffer(body))).rejects.toThrow();
  });
});

it('a part of a file is not waited for longer than until it has come', async () => {
  const tar = await tarOf({ name: 'file', content: 'x'.repeat(5_000) });
  const left = new Promise((resolve) => {
    given = (answer) => {
      answer.write(tar.subarray(0, 1_024));
      answer.once('close', resolve);
    };
  });
  const { body } = await satellite.readFile('u', '/file', { range: { start: 0, end: 9 } });
  expect(await text(body)).toBe('x'.repeat(10));
  await left;
});

it('an output is followed where that is asked for, and not otherwise', async () => {
  expect([await text(await satellite.logs('u')), await text(await satellite.logs('u', { follow: true }))]).toEqual(['false', 'true']);
});

it('what was put into a container is forgotten once that has gone, and no sooner', async () => {
  const tar = await tarOf({ name: 'file', content: 'whole', mtime: new Date(mtime) });
  const sha256 = createHash('sha256').update(tar).digest('hex');
  await satellite.writeArchive('u', '/', { body: Readable.from([tar]), sha256 });
  await satellite.forget();
  expect([readdirSync(folder), await satellite.changes('u')]).toEqual([['c1.json'], []]);
  isThere = false;
  await satellite.forget();
  expect(readdirSync(folder)).toEqual([]);
});
