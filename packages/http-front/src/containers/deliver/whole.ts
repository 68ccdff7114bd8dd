import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { WholeTar } from '../ports/container-files.js';

export const wholeOf = (content: Buffer): WholeTar => ({
  body: Readable.from([content]),
  size: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});

/** Writes a stream into a file, and answers how to read it again and what it is. */
export async function spool(source: Readable, path: string): Promise<() => WholeTar> {
  const hash = createHash('sha256');
  let size = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(source, count, createWriteStream(path, { mode: 0o600 }));
  const sha256 = hash.digest('hex');
  return () => ({ body: createReadStream(path), size, sha256 });
}
