import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { asNode, feed } from './flow.js';

export interface OneFile {
  header: Header;
  /** As many bytes as the header says; it breaks off where the tar ends before. */
  body: Readable;
}

/**
 * The regular file that a tar of one path begins with; undefined where it begins with anything else. The tar alone tells what is read: the
 * path may have been another file, link or folder when it was asked about, and its size is the only one that can be relied on.
 *
 * @throws Error where the tar breaks off before the file's first byte
 */
export async function oneFile(tar: Readable): Promise<OneFile | undefined> {
  const unpack = extract();
  // Entries are listened for before anything of it comes: what nobody listens for is lost.
  const entries = unpack[Symbol.asyncIterator]();
  feed(tar, unpack);
  const { value: entry, done } = await entries.next();
  if (done || entry.header.type !== 'file') {
    unpack.destroy();
    return undefined;
  }
  // Whatever else is in the tar isn't asked for.
  const body = asNode(entry).once('close', () => unpack.destroy());
  await once(body, 'readable');
  return { header: entry.header, body };
}
