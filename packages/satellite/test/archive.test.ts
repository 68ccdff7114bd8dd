import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { extract, type Header, pack } from 'tar-stream';
import { containerPath } from '../src/archive/paths.js';
import { repack } from '../src/archive/repack.js';
import { parseRange, slice, withinSize } from '../src/archive/slice.js';

const collect = async (stream: AsyncIterable<unknown>): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

type Row = Partial<Header> & { name: string; content?: string };

const tarOf = (...rows: Row[]): Promise<Buffer> => {
  const packed = pack();
  for (const { content = '', ...header } of rows) packed.entry({ mtime: new Date(5_000), ...header }, content);
  packed.finalize();
  return collect(packed);
};

const put = async (tar: Buffer, folder = '/work', sha256 = createHash('sha256').update(tar).digest('hex')) => {
  // In pieces that end anywhere.
  const pieces = Array.from({ length: Math.ceil(tar.length / 777) }, (_, at) => tar.subarray(at * 777, (at + 1) * 777));
  const { tar: made, baseline } = repack({ body: Readable.from(pieces), folder, sha256 });
  const unpack = extract();
  const rows: Record<string, string> = {};
  made.once('error', (error) => unpack.destroy(error));
  made.pipe(unpack);
  try {
    for await (const entry of unpack) rows[`${entry.header.type} ${entry.header.name}`] = String(await collect(entry));
  } catch {
    // What broke it off is what the baseline is rejected with.
  }
  return { rows, baseline: await baseline };
};

describe('an archive that is put in', () => {
  it('is below its folder, and known', async () => {
    const tar = await tarOf({ name: './', type: 'directory' }, { name: './a/b', content: 'x'.repeat(2000) }, { name: 'empty' });
    const { rows, baseline } = await put(tar);
    expect(rows).toEqual({ 'directory work': '', 'file work/a/b': 'x'.repeat(2000), 'file work/empty': '' });
    expect(baseline).toEqual({
      '/work': { size: 0, mtime: 5 },
      '/work/a/b': { size: 2000, mtime: 5 },
      '/work/empty': { size: 0, mtime: 5 },
    });
  });

  it('may hold links that stay inside', async () => {
    const { rows } = await put(await tarOf({ name: 'a/l', type: 'symlink', linkname: '../b' }));
    expect(rows).toEqual({ 'symlink work/a/l': '' });
  });

  it.each<[string, Row]>([
    ['a name that leads upward', { name: '../x' }],
    ['a name that leads upward in the middle', { name: 'a/../../x' }],
    ['an absolute name', { name: '/etc/x' }],
    ['a link that leads out', { name: 'l', type: 'symlink', linkname: '../../etc' }],
    ['a link to an absolute place', { name: 'l', type: 'symlink', linkname: '/etc/passwd' }],
    ['a hard link', { name: 'h', type: 'link', linkname: 'x' }],
    ['a device', { name: 'd', type: 'block-device' }],
    ['a pipe', { name: 'p', type: 'fifo' }],
  ])('is refused with %s', async (_what, row) => {
    await expect(put(await tarOf(row))).rejects.toMatchObject({ code: 'BadArchive' });
  });

  it('is refused where it is another than was signed', async () => {
    await expect(put(await tarOf({ name: 'a' }), '/work', '0'.repeat(64))).rejects.toMatchObject({ code: 'BadArchive' });
  });

  it('is refused where it is none, or ends in the middle', async () => {
    const tar = await tarOf({ name: 'a', content: 'x'.repeat(5000) });
    await expect(put(Buffer.alloc(2048, 'x'))).rejects.toMatchObject({ code: 'BadArchive' });
    await expect(put(tar.subarray(0, 2000))).rejects.toMatchObject({ code: 'BadArchive' });
  });
});

describe('a path', () => {
  it('is absolute and plain', () => {
    expect(['/', '/a//b/', '/a/./b'].map(containerPath)).toEqual(['/', '/a/b', '/a/b']);
  });

  it.each(['', 'a', '../a', '/a/../b', '/..', '/a\0b', `/${'a'.repeat(5000)}`])('no. %# is refused', (path) => {
    expect(() => containerPath(path)).toThrow(expect.objectContaining({ code: 'PathRefused' }));
  });
});

describe('a range', () => {
  it.each([
    ['bytes=1-2', { start: 1, end: 2 }],
    ['bytes=3-', { start: 3 }],
    ['bytes=-2', { start: 8 }],
    ['bytes=-99', { start: 0 }],
    ['bytes=0-1,3-4', undefined],
    ['lines=1-2', undefined],
    ['bytes=-', undefined],
    [undefined, undefined],
  ])('%s of ten bytes is %j', (header, range) => expect(parseRange(header, 10)).toEqual(range));

  it('lets its bytes through, however they come', async () => {
    for (const size of [1, 2, 5, 10]) {
      const source = Readable.from(
        Array.from({ length: 10 / size }, (_, at) => Buffer.from('0123456789'.slice(at * size, (at + 1) * size))),
      );
      expect(String(await collect(slice(source, withinSize({ start: 3, end: 6 }, 10))))).toBe('3456');
      expect(source.destroyed).toBe(true);
    }
  });

  it('beyond the end can not be satisfied', () => {
    expect(() => withinSize({ start: 10 }, 10)).toThrow(expect.objectContaining({ code: 'RangeNotSatisfiable' }));
    expect(() => withinSize({ start: 4, end: 3 }, 10)).toThrow(expect.objectContaining({ code: 'RangeNotSatisfiable' }));
    expect(withinSize({ start: 4, end: 99 }, 10)).toEqual({ start: 4, end: 9, size: 10 });
  });
});
