import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { exactly } from '../../src/containers/routes/exactly.js';

const source = (...chunks: string[]) => Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

describe('an answer that has said its length', () => {
  it.each([
    [6, 'abcdef'],
    [5, 'abcde'],
    [3, 'abc'],
    [2, 'ab'],
    [0, ''],
  ])('has exactly %d bytes', async (length, told) => {
    expect(await text(exactly(source('abc', 'def'), length))).toBe(told);
  });

  it('breaks off where there are fewer', async () => {
    await expect(text(exactly(source('abc'), 4))).rejects.toThrow('1 bytes before');
  });

  it('ends what it is read from as soon as nobody reads it', async () => {
    const endless = new Readable({ read() {} });
    const ended = new Promise((resolve) => endless.once('close', resolve));
    exactly(endless, 1).destroy();
    await ended;
  });
});
