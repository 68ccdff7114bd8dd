import { Transform } from 'node:stream';

const HEADER_BYTES = 8;

/** Takes the framing of Docker's output away: the stream, three zeros, the length (32 bits, big-endian), the bytes. */
export function unframe(): Transform {
  let rest: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(data: Buffer, _encoding, done) {
      rest = Buffer.concat([rest, data]);
      while (rest.length >= HEADER_BYTES && rest.length >= HEADER_BYTES + rest.readUInt32BE(4)) {
        const end = HEADER_BYTES + rest.readUInt32BE(4);
        this.push(rest.subarray(HEADER_BYTES, end));
        rest = rest.subarray(end);
      }
      done();
    },
  });
}
