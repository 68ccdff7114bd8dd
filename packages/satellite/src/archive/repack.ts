import { createHash, type Hash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { extract, type Header, type Pack, pack } from 'tar-stream';
import { SatelliteError } from '../errors.js';
import { asNode, flow } from './flow.js';
import { checkLink, entryPath } from './paths.js';

/** What was put in, by path: to tell later whether it is as it was. Seconds. */
export type Baseline = Record<string, { size: number; mtime: number }>;

const MAX_ENTRIES = 100_000;

function headerFor(folder: string, header: Header): Header {
  const path = entryPath(folder, header.name);
  const { type } = header;
  if (type === 'symlink') checkLink(folder, path, header.linkname ?? '');
  else if (type !== 'file' && type !== 'directory')
    throw new SatelliteError(
      'BadArchive',
      `the archive has the entry ${JSON.stringify(header.name)} of the type ${type}; only files, folders and links are taken`,
    );
  return { ...header, name: path.slice(1) };
}

const secondsOf = ({ mtime }: Header): number => Math.floor((mtime?.getTime() ?? 0) / 1000);

async function copyEntry(packed: Pack, header: Header, entry: AsyncIterable<unknown> & { resume(): unknown }): Promise<void> {
  const sink = packed.entry(header);
  if (header.type === 'file') await flow(entry, sink);
  else entry.resume();
}

/** What passes through is hashed, what is behind the end of the archive too. */
async function* hashed(body: Readable, hash: Hash): AsyncIterable<Buffer> {
  for await (const data of body) {
    hash.update(data as Buffer);
    yield data as Buffer;
  }
}

interface Order {
  body: Readable;
  folder: string;
  /** What the body must turn out to be, in hex. */
  sha256: string;
}

async function copy({ body, folder, sha256 }: Order, packed: Pack): Promise<Baseline> {
  const hash = createHash('sha256');
  const unpack = extract();
  const reading = flow(hashed(body, hash), unpack);
  reading.catch((error: Error) => unpack.destroy(error));
  const baseline: Baseline = {};
  let count = 0;
  for await (const entry of unpack) {
    count += 1;
    if (count > MAX_ENTRIES) throw new SatelliteError('BadArchive', `the archive has more than ${MAX_ENTRIES} entries`);
    const header = headerFor(folder, entry.header);
    if (header.name !== '') await copyEntry(packed, header, entry);
    else entry.resume();
    baseline[`/${header.name}`] = { size: header.size ?? 0, mtime: secondsOf(header) };
  }
  await reading;
  if (hash.digest('hex') !== sha256) throw new SatelliteError('BadArchive', 'the body is another than the one that was signed');
  return baseline;
}

/**
 * A tar made anew, entry by entry, with names from the root on: nothing in it leads out of the folder. It ends only where the whole body is
 * what was signed; else it breaks off. `baseline` resolves with what is in it.
 */
export function repack(order: Order): { tar: Readable; baseline: Promise<Baseline> } {
  const packed = pack();
  const baseline = copy(order, packed).then(
    (result) => {
      packed.finalize();
      return result;
    },
    (error: Error) => {
      packed.destroy(error);
      throw error instanceof SatelliteError ? error : new SatelliteError('BadArchive', `the body is no tar archive: ${error.message}`);
    },
  );
  baseline.catch(() => undefined);
  return { tar: asNode(packed), baseline };
}
