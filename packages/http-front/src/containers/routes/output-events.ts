import { pipeline, type Readable, Transform } from 'node:stream';

/** Bytes; what has no end of a line is told when it is so long, so that nothing piles up. */
const MAX_LINE = 64 * 1024;
const NEWLINE = 0x0a;

/** How many bytes the first line has, with its end; 0 where it isn't all there. */
function lengthOfLine(bytes: Buffer): number {
  const end = bytes.subarray(0, MAX_LINE).indexOf(NEWLINE) + 1;
  return end > 0 || bytes.length < MAX_LINE ? end : MAX_LINE;
}

/** A carriage return ends a line of a stream of events, too. */
function eventOf(line: Buffer, position: number): string {
  const text = line.toString('utf8').replace(/\r?\n$/, '');
  const data = text.split('\r').map((part) => `data: ${part}\n`);
  return `id: ${position}\n${data.join('')}\n`;
}

/**
 * An output as server-sent events (the HTML standard's text/event-stream), one a line; `id` is the position behind it in bytes, and `from` the one that is
 * gone on from. Once the output has ended there is an event `end`: a browser would come back otherwise.
 */
export function outputEvents(output: Readable, from: number): Readable {
  let seen = 0;
  let position = from;
  let rest: Buffer = Buffer.alloc(0);
  const next = (length: number): string => {
    position += length;
    const event = eventOf(rest.subarray(0, length), position);
    rest = rest.subarray(length);
    return event;
  };
  const told = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rest = Buffer.concat([rest, chunk.subarray(Math.max(0, from - seen))]);
      seen += chunk.length;
      for (let length = lengthOfLine(rest); length > 0; length = lengthOfLine(rest)) this.push(next(length));
      done();
    },
    flush(done) {
      if (rest.length > 0) this.push(next(rest.length));
      done(null, 'event: end\ndata:\n\n');
    },
  });
  return pipeline(output, told, () => undefined);
}

/** Where a browser that comes back has been, in bytes. */
export const positionOf = (lastEventId: unknown): number => {
  const position = Number(lastEventId);
  return Number.isSafeInteger(position) && position > 0 ? position : 0;
};
