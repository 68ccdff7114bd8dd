import { Readable } from 'node:stream';
import { SatelliteError } from '../errors.js';
import type { ByteRange } from '../satellite.js';

/** `bytes=1-2`, `bytes=1-`, `bytes=-2`; undefined for what isn't one range of bytes, which is then read over (RFC 9110, 14.2). */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined || (first === '' && last === '')) return undefined;
  if (first === '') return { start: Math.max(0, size - Number(last)) };
  return { start: Number(first), ...(last !== '' && { end: Number(last) }) };
}

/** @throws SatelliteError RangeNotSatisfiable */
export function withinSize(
  { start, end = Number.MAX_SAFE_INTEGER }: ByteRange,
  size: number,
): { start: number; end: number; size: number } {
  if (start >= size || end < start) throw new SatelliteError('RangeNotSatisfiable', `Range: the file has ${size} bytes`);
  return { start, end: Math.min(end, size - 1), size };
}

async function* bytes(source: Readable, { start, end }: { start: number; end: number }): AsyncIterable<Buffer> {
  let at = 0;
  for await (const data of source as AsyncIterable<Buffer>) {
    const from = Math.max(0, start - at);
    const to = Math.min(data.length, end + 1 - at);
    at += data.length;
    if (from < to) yield data.subarray(from, to);
    if (at > end) return;
  }
}

/** The bytes of a range; what comes behind them is not read any more. */
export function slice(source: Readable, range: { start: number; end: number }): Readable {
  const sliced = Readable.from(bytes(source, range), { objectMode: false });
  return sliced.once('close', () => source.destroy());
}
