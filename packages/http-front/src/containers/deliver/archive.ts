import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { posix } from 'node:path';
import { type Duplex, Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { extract, type Header, type Pack, pack } from 'tar-stream';
import { type Entry, type Options, open as openZipFile, type ZipFile } from 'yauzl';
import { FetchRefusedError } from '../fetch/errors.js';

export interface ArchiveLimits {
  /** Of all that is unpacked. */
  maxBytes: number;
  maxFiles: number;
}

const refuse = (why: string): never => {
  throw new FetchRefusedError(`The archive ${why}`);
};

/** A name that stays below the folder that it is unpacked into. @throws FetchRefusedError */
function safeName(name: string): string {
  const isBad =
    name.includes('\\') || name.includes('\0') || name.startsWith('/') || /^[A-Za-z]:/.test(name) || name.split('/').includes('..');
  if (isBad) refuse(`has a file ${JSON.stringify(name)}, which leads out of its folder. Make it without.`);
  return posix.normalize(name);
}

/** Counts what comes out of an archive, whatever the archive says of it. */
class Budget {
  #bytes = 0;
  #files = 0;
  constructor(private readonly limits: ArchiveLimits) {}

  file(size: number): void {
    this.#files += 1;
    if (this.#files > this.limits.maxFiles) refuse(`has more than ${this.limits.maxFiles} files. Make it smaller.`);
    this.#bytes += size;
    if (this.#bytes > this.limits.maxBytes) refuse(`holds more than ${this.limits.maxBytes} bytes when it is unpacked. Make it smaller.`);
  }
}

const asWritable = (stream: object): Writable => stream as unknown as Writable;
const asReadable = (stream: object): Readable => stream as unknown as Readable;

interface Repacking {
  target: Pack;
  budget: Budget;
}

/** Headers are short: more than that between two files of a tar, or after the last, is there to be unpacked without an end. */
const BETWEEN_BYTES = 1024 * 1024;

/** Lets a tar through, but no more between two files than headers are long. */
function boundedHeaders() {
  let [since, isInFile] = [0, false];
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      since += chunk.length;
      if (isInFile || since <= BETWEEN_BYTES) done(null, chunk);
      else done(new FetchRefusedError(`The archive has headers of more than ${BETWEEN_BYTES} bytes. Make it without.`));
    },
  });
  const file = (isNow: boolean): void => {
    [since, isInFile] = [0, isNow];
  };
  return { stream, file };
}

async function repackTar(raw: Readable, { target, budget }: Repacking): Promise<void> {
  const extractor = extract();
  const { stream, file } = boundedHeaders();
  const source = compose(raw, stream);
  // A pipeline would wait for events that streamx's streams don't have.
  source.once('error', (error) => extractor.destroy(error));
  source.pipe(asWritable(extractor));
  try {
    for await (const entry of extractor) {
      file(true);
      await repackEntry(entry, { target, budget });
      file(false);
    }
  } finally {
    raw.destroy();
    source.destroy();
    extractor.destroy();
  }
}

async function repackEntry(
  entry: AsyncIterable<unknown> & { header: Header; resume(): unknown },
  { target, budget }: Repacking,
): Promise<void> {
  const { type, size, mode, mtime } = entry.header;
  const name = safeName(entry.header.name);
  if (type !== 'file' && type !== 'directory')
    refuse(`has ${JSON.stringify(name)}, a ${type}; only files and folders are taken. Make it without links and devices.`);
  if (name === '.' || name === './' || type === 'directory') {
    budget.file(0);
    entry.resume();
    return;
  }
  budget.file(size);
  const header = { name, size, mode: mode & 0o777, mtime };
  // An entry's size is the tar's own: no more comes out of it.
  await pipeline(Readable.from(entry), asWritable(target.entry(header)));
}

const openZip = promisify<string, Options, ZipFile>(openZipFile);
const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const next = await new Promise<Entry | undefined>((resolve, reject) => {
      zip.once('entry', resolve);
      zip.once('end', () => resolve(undefined));
      zip.once('error', reject);
      zip.readEntry();
    });
    zip.removeAllListeners();
    if (next === undefined) return;
    yield next;
  }
}

async function repackZip(path: string, { target, budget }: Repacking): Promise<void> {
  const zip = await openZip(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
  try {
    for await (const entry of entriesOf(zip)) {
      const name = safeName(entry.fileName);
      const mode = entry.externalFileAttributes >>> 16;
      const type = mode & FILE_TYPE;
      if (name.endsWith('/')) continue;
      if (type !== 0 && type !== REGULAR) refuse(`has ${JSON.stringify(name)}, which is no file. Make it without links and devices.`);
      if (entry.isEncrypted()) refuse('is encrypted. Make it without a password.');
      budget.file(entry.uncompressedSize);
      const source = await new Promise<Readable>((resolve, reject) =>
        zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream))),
      );
      const size = entry.uncompressedSize;
      const sink = target.entry({ name, size, mode: mode & 0o777 || 0o644, mtime: entry.getLastModDate() });
      // yauzl holds the stream to the size that the entry says.
      await pipeline(source, asWritable(sink));
    }
  } finally {
    zip.close();
  }
}

async function beginning(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const isZip = (head: Buffer): boolean =>
  head.subarray(0, 4).equals(Buffer.from('PK\x03\x04')) || head.subarray(0, 4).equals(Buffer.from('PK\x05\x06'));
const isGzip = (head: Buffer): boolean => head.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]));
const isTar = (head: Buffer): boolean => head.subarray(257, 262).toString() === 'ustar';
const isTarName = (name: string): boolean => /\.(tar\.gz|tgz)$/i.test(name);

function compose(from: Readable, through: Duplex): Readable {
  from.once('error', (error) => through.destroy(error));
  return from.pipe(through);
}

async function repack(path: string, name: string, to: Repacking): Promise<void> {
  const head = await beginning(path);
  if (isZip(head)) return repackZip(path, to);
  if (isTar(head)) return repackTar(createReadStream(path), to);
  // gunzip gives out what tar-stream takes; a bomb is stopped by the sizes in the tar, and by the budget before anything is written.
  if (isGzip(head) && isTarName(name)) return repackTar(compose(createReadStream(path), createGunzip()), to);
  const { size } = await stat(path);
  to.budget.file(size);
  await pipeline(createReadStream(path), asWritable(to.target.entry({ name: safeName(name), size, mode: 0o644 })));
}

/**
 * What was fetched, as a tar of plain files and folders whose names stay below where it is unpacked: of a .zip, .tar or .tar.gz what is in it,
 * of anything else the file itself.
 *
 * @throws FetchRefusedError through the stream, where it holds something else or too much
 */
export function safeTar(path: string, name: string, limits: ArchiveLimits): Readable {
  return Readable.from(repacked(path, name, new Budget(limits)), { objectMode: false });
}

async function* repacked(path: string, name: string, budget: Budget): AsyncGenerator<Buffer> {
  const target = pack();
  const working = repack(path, name, { target, budget }).then(
    () => target.finalize(),
    (error: Error) => {
      target.destroy(error);
      return error;
    },
  );
  try {
    for await (const chunk of asReadable(target)) yield chunk as Buffer;
  } catch (error) {
    throw known((await working) ?? (error as Error));
  } finally {
    target.destroy();
  }
}

/** What a library says of an archive that is broken, or leads elsewhere, is for whoever gave it. */
const known = (error: Error): Error =>
  error.name === 'FetchRefusedError' ? error : new FetchRefusedError(`The archive can't be unpacked: ${error.message}.`);

/** A tar of these files, small enough for memory. */
export async function tarOfTexts(files: readonly { name: string; content: string | Buffer; mode: number }[]): Promise<Buffer> {
  const target = pack();
  for (const { name, content, mode } of files) target.entry({ name, mode }, content);
  target.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of asReadable(target)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
