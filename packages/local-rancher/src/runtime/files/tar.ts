import { lstat, readlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header, type Pack, pack } from 'tar-stream';
import { FilesError } from './errors.js';
import { createInside, makeInside, openInside, partsOf } from './inside.js';

/** tar-stream's streams are streamx's, which work as Node's do but are none by their types. */
const asWritable = (stream: object): Writable => stream as unknown as Writable;
const asReadable = (stream: object): Readable => stream as unknown as Readable;

/** One file after the other, each read only as fast as it is taken; what goes meanwhile is left out. */
async function packInto(archive: Pack, scratch: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const name = path.slice(1);
    const stats = await lstat(join(scratch, path)).catch(() => undefined);
    if (stats?.isSymbolicLink()) {
      archive.entry({ name, type: 'symlink', linkname: await readlink(join(scratch, path)), mtime: stats.mtime });
    } else if (stats?.isFile()) {
      await packFile(archive, scratch, path);
    }
  }
  archive.finalize();
}

/** As many bytes as it has now: one that grows is cut, one that shrinks ends the archive with an error. */
async function packFile(archive: Pack, scratch: string, path: string): Promise<void> {
  const file = await openInside(scratch, path);
  try {
    const { size, mode, mtime } = await file.stat();
    const entry = archive.entry({ name: path.slice(1), size, mode: mode & 0o7777, mtime });
    if (size === 0) asWritable(entry).end();
    else await pipeline(file.createReadStream({ end: size - 1, autoClose: false }), asWritable(entry));
  } finally {
    await file.close();
  }
}

/** A tar of these files, names without the slash in front. */
export function tarOf(scratch: string, paths: readonly string[]): Readable {
  const archive = pack();
  packInto(archive, scratch, paths).catch((error: Error) => archive.destroy(error));
  return asReadable(archive);
}

export interface Unpacked {
  /** Below the container's root, with a slash in front. */
  path: string;
  /** On disk. */
  real: string;
}

const badEntry = ({ name, type }: Header): FilesError =>
  new FilesError('BadArchive', `The archive has ${JSON.stringify(name)}, a ${type}; only files and folders are taken.`);

async function unpackEntry(
  entry: AsyncIterable<unknown> & { header: Header; resume(): unknown },
  root: string,
  below: readonly string[],
): Promise<Unpacked | undefined> {
  const { header } = entry;
  const parts = [...below, ...partsOf(header.name)];
  if (header.type === 'directory') {
    await makeInside(root, parts);
    entry.resume();
    return undefined;
  }
  if (header.type !== 'file' || parts.length === below.length) throw badEntry(header);
  const { file, path: real } = await createInside(root, parts, (header.mode ?? 0o644) & 0o777);
  try {
    for await (const chunk of entry) await file.write(chunk as Buffer);
    await file.chmod((header.mode ?? 0o644) & 0o777);
  } finally {
    await file.close();
  }
  if (header.mtime) await utimes(real, header.mtime, header.mtime);
  return { path: `/${parts.join('/')}`, real };
}

/** Unpacks files and folders below a folder of the container. @throws FilesError PathRefused, BadArchive */
export async function unpack(tar: Readable, root: string, folder: string): Promise<Unpacked[]> {
  const below = partsOf(folder);
  await makeInside(root, below);
  // From here to the loop nothing is awaited, or entries would pass by unseen.
  const extractor = extract();
  // A pipeline would wait for events that streamx's streams don't have.
  tar.once('error', (error) => extractor.destroy(error));
  tar.pipe(asWritable(extractor));
  const unpacked: Unpacked[] = [];
  try {
    for await (const entry of extractor) {
      const done = await unpackEntry(entry, root, below);
      if (done) unpacked.push(done);
    }
    return unpacked;
  } finally {
    tar.destroy();
    extractor.destroy();
  }
}
