import type { OutputStream } from '../runtime/runtime.js';

/** Rancher's agent reads the output of a command in pieces of this size, wherever a character may end. */
const PIECE_BYTES = 4096;

/** Without a terminal Rancher passes Docker's framing through: the stream, three zeros, the length (32 bits, big-endian), the bytes. */
function asAttached(stream: OutputStream, data: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream === 'stdout' ? 1 : 2;
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

/** What a command wrote, as websocket frames: base64 of pieces. In a terminal both outputs are one. */
export function* framesOf(stream: OutputStream, data: Buffer, tty: boolean): Iterable<string> {
  const sent = tty ? data : asAttached(stream, data);
  for (let at = 0; at < sent.length; at += PIECE_BYTES) yield sent.subarray(at, at + PIECE_BYTES).toString('base64');
}
