import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from '@jest/globals';
import { extract, pack } from 'tar-stream';
import { safeTar } from '../../src/containers/deliver/archive.js';

const folder = mkdtempSync(join(tmpdir(), 'mooring-archive-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LIMITS = { maxBytes: 100_000, maxFiles: 10 };

type Header = Parameters<ReturnType<typeof pack>['entry']>[0];
async function tarOf(...entries: [Header, string?][]): Promise<Buffer> {
  const archive = pack();
  for (const [header, content] of entries) archive.entry(header, content ?? '');
  archive.finalize();
  return buffer(Readable.from(archive));
}

/** A zip as Python makes it: name, content, and the mode that it claims. */
function zipOf(...entries: [string, string, number?][]): Buffer {
  const path = join(folder, 'made.zip');
  const program = [
    'import sys, json, zipfile',
    'z = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)',
    'for name, content, mode in json.loads(sys.stdin.read()):',
    '    i = zipfile.ZipInfo(name); i.external_attr = mode << 16; i.compress_type = zipfile.ZIP_DEFLATED; z.writestr(i, content)',
    'z.close()',
  ].join('\n');
  const input = JSON.stringify(entries.map(([name, content, mode = 0o100644]) => [name, content, mode]));
  execFileSync('python3', ['-c', program, path], { input });
  return execFileSync('cat', [path]);
}

async function contents(archive: Buffer, name = 'data.bin', limits = LIMITS): Promise<Record<string, string>> {
  const path = join(folder, 'archive');
  writeFileSync(path, archive);
  const found: Record<string, string> = {};
  const whole = await buffer(safeTar(path, name, limits));
  const extractor = extract();
  Readable.from([whole]).pipe(extractor as never);
  for await (const entry of extractor) found[entry.header.name] = await text(Readable.from(entry));
  return found;
}

describe('an archive that was fetched', () => {
  it('gives its files, whatever kind it is', async () => {
    const tar = await tarOf([{ name: 'a/', type: 'directory' }], [{ name: 'a/b' }, 'one'], [{ name: './c' }, 'two']);
    expect(await contents(tar)).toEqual({ 'a/b': 'one', c: 'two' });
    expect(await contents(gzipSync(tar), 'x.tar.gz')).toEqual({ 'a/b': 'one', c: 'two' });
    expect(await contents(zipOf(['a/b', 'one'], ['c', 'two']))).toEqual({ 'a/b': 'one', c: 'two' });
    expect(await contents(Buffer.from('1,2\n'), 'table.csv')).toEqual({ 'table.csv': '1,2\n' });
    expect(await contents(gzipSync('1,2\n'), 'table.csv.gz')).toHaveProperty(['table.csv.gz']);
  });

  it('leads nowhere out of its folder', async () => {
    for (const name of ['../a', 'a/../../b', '/etc/passwd', 'a\\..\\..\\b', 'C:/a']) {
      await expect(contents(await tarOf([{ name }, 'x']))).rejects.toMatchObject({ code: 'FetchRefused' });
      await expect(contents(zipOf([name, 'x']))).rejects.toMatchObject({ code: 'FetchRefused' });
    }
  });

  it('has no links and no devices', async () => {
    for (const type of ['symlink', 'link', 'character-device', 'fifo'] as const)
      await expect(contents(await tarOf([{ name: 'a', type, linkname: '/etc/passwd' }]))).rejects.toMatchObject({ code: 'FetchRefused' });
    await expect(contents(zipOf(['a', '/etc/passwd', 0o120777]))).rejects.toMatchObject({ code: 'FetchRefused' });
  });

  it('is no bomb', async () => {
    const zeros = '\0'.repeat(200_000);
    await expect(contents(zipOf(['a', zeros]))).rejects.toThrow(/more than 100000 bytes/);
    await expect(contents(gzipSync(await tarOf([{ name: 'a' }, zeros])), 'a.tgz')).rejects.toThrow(/more than 100000 bytes/);
    await expect(contents(zipOf(...Array.from({ length: 11 }, (_, i): [string, string] => [`${i}`, ''])))).rejects.toThrow(
      /more than 10 files/,
    );
    // A size that is a lie: the zip's directory says 10 bytes, out come 200,000.
    const liar = zipOf(['a', zeros]);
    const at = liar.indexOf(Buffer.from('PK\x01\x02'));
    liar.writeUInt32LE(10, at + 24);
    await expect(contents(liar)).rejects.toMatchObject({ code: 'FetchRefused' });
  });

  it('is no bomb in what stands between its files', async () => {
    // A header that says that its own attributes have a gigabyte, and one file after the other that is a folder.
    const header = Buffer.alloc(512);
    header.write('PaxHeaders/x');
    header.write('0000644\0', 100);
    header.write('10000000000\0', 124);
    header.write('        ', 148);
    header.write('x', 156);
    header.write('ustar\x0000', 257);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    const bomb = gzipSync(Buffer.concat([header, Buffer.alloc(64 * 1024 * 1024)]));
    expect(bomb.length).toBeLessThan(100_000);
    await expect(contents(bomb, 'a.tgz')).rejects.toThrow(/Header exceeds max size/);
    const folders = Array.from({ length: 11 }, (_, i): [Header] => [{ name: `${i}/`, type: 'directory' }]);
    await expect(contents(await tarOf(...folders))).rejects.toThrow(/more than 10 files/);
    // What comes after the last file, without an end.
    await expect(
      contents(gzipSync(Buffer.concat([await tarOf([{ name: 'a' }, 'x']), Buffer.alloc(64 * 1024 * 1024)])), 'a.tgz'),
    ).rejects.toThrow(/headers of more than/);
  });

  it('that is broken says so', async () => {
    const tar = await tarOf([{ name: 'a' }, 'x'.repeat(2000)]);
    await expect(contents(tar.subarray(0, 1200))).rejects.toMatchObject({ code: 'FetchRefused' });
    await expect(contents(gzipSync(tar).subarray(0, 30), 'a.tgz')).rejects.toMatchObject({ code: 'FetchRefused' });
    await expect(contents(zipOf(['a', 'x']).subarray(0, 20))).rejects.toMatchObject({ code: 'FetchRefused' });
  });
});
