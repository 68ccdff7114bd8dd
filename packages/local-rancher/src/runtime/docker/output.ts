import { StringDecoder } from 'node:string_decoder';
import type { OutputStream } from '../runtime.js';

const HEADER_BYTES = 8;

/** Takes Docker's framing apart: the stream (1, 2), three zeros, the length (32 bits, big-endian), the bytes. */
export class Demultiplexer {
  #rest: Buffer = Buffer.alloc(0);

  *take(data: Buffer): Iterable<readonly [OutputStream, Buffer]> {
    this.#rest = Buffer.concat([this.#rest, data]);
    while (this.#rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.#rest.readUInt32BE(4);
      if (this.#rest.length < end) return;
      yield [this.#rest[0] === 2 ? 'stderr' : 'stdout', this.#rest.subarray(HEADER_BYTES, end)];
      this.#rest = this.#rest.subarray(end);
    }
  }
}

/** Output in pieces of any size, as lines without their ends. */
export class Lines {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  *take(data: Buffer): Iterable<string> {
    const parts = `${this.#rest}${this.#decoder.write(data)}`.split('\n');
    this.#rest = parts.pop() ?? '';
    for (const line of parts) yield line.replace(/\r$/, '');
  }
}
