import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { outputEvents, positionOf } from '../../src/containers/routes/output-events.js';

const END = 'event: end\ndata:\n\n';
const told = (chunks: (string | Buffer)[], from = 0) => text(outputEvents(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), from));

describe('an output as events', () => {
  it('is told line by line, however it comes, with the position behind each', async () => {
    const events = `id: 4\ndata: one\n\nid: 5\ndata: \n\nid: 9\ndata: 30%\n\n${END}`;
    for (const chunks of [['one\n\n30%\n'], ['o', 'ne\n\n3', '0', '%\n'], ['one\n', '\n', '30%', '\n']])
      expect(await told(chunks)).toBe(events);
  });

  it('is whole in characters that come in two parts, and where no line ends it', async () => {
    const letter = Buffer.from('ä');
    expect(await told([letter.subarray(0, 1), letter.subarray(1)])).toBe(`id: 2\ndata: ä\n\n${END}`);
    expect(await told([])).toBe(END);
  });

  it('makes no event of its own in it', async () => {
    expect(await told(['a\r\nb\rdata: c\revent: end\n'])).toBe(
      `id: 3\ndata: a\n\nid: 24\ndata: b\ndata: data: c\ndata: event: end\n\n${END}`,
    );
  });

  it('goes on where its reader was', async () => {
    expect(await told(['one\ntw', 'o\nthree\n'], 4)).toBe(`id: 8\ndata: two\n\nid: 14\ndata: three\n\n${END}`);
    expect(await told(['one\n', 'two\n'], 8)).toBe(END);
    expect(['8', undefined, 'x', '-1', '1.5', '1e99'].map(positionOf)).toEqual([8, 0, 0, 0, 0, 0]);
  });

  it('holds no line in memory that never ends', async () => {
    const events = await told(Array.from({ length: 300 }, () => Buffer.alloc(1_000, 'x')));
    expect(events.match(/^id: \d+$/gm)).toEqual([1, 2, 3, 4].map((times) => `id: ${times * 65_536}`).concat('id: 300000'));
  });

  it('breaks off where its source does, which ends where nobody listens any more', async () => {
    const source = new Readable({ read() {} });
    const events = outputEvents(source, 0);
    source.push('a\n');
    const closed = new Promise((resolve) => source.on('error', () => undefined).once('close', resolve));
    for await (const _ of events) break;
    await closed;
    const broken = new Readable({ read() {} });
    const reading = text(outputEvents(broken, 0));
    broken.destroy(new Error('gone'));
    await expect(reading).rejects.toThrow('gone');
  });
});
