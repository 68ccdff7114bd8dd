import { pipeline, type Readable, Transform } from 'node:stream';

/**
 * A stream as the body of an answer that has said its length. What is longer is cut and what is shorter breaks the connection off: the rest would be
 * taken for a part of the next answer on the same connection, which may be somebody else's.
 */
export function exactly(source: Readable, length: number): Readable {
  let left = length;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const kept = chunk.subarray(0, left);
      left -= kept.length;
      done(null, kept.length > 0 ? kept : undefined);
    },
    flush(done) {
      done(left > 0 ? new Error(`it ended ${left} bytes before its length`) : null);
    },
  });
  return pipeline(source, counted, () => undefined);
}
