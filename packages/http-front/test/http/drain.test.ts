import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { drain } from '../../src/http/drain.js';

const request = () => new PassThrough();
const asRequest = (stream: PassThrough) => stream as unknown as IncomingMessage;
const limits = { maxBytes: 10, deadlineMs: 5_000 };

describe('drain', () => {
  it('reads to the end', async () => {
    const stream = request();
    const drained = drain(asRequest(stream), limits);
    stream.end('0123456789');
    expect(await drained).toBe(true);
    expect(await drain(asRequest(stream), limits)).toBe(true);
  });

  it('gives up on a body that is too long', async () => {
    const stream = request();
    const drained = drain(asRequest(stream), limits);
    stream.write('01234567890');
    expect(await drained).toBe(false);
    expect(stream.listenerCount('data')).toBe(0);
  });

  it('gives up on a sender that is too slow', async () => {
    expect(await drain(asRequest(request()), { maxBytes: 10, deadlineMs: 1 })).toBe(false);
  });

  it('gives up on a sender that leaves', async () => {
    const stream = request();
    const drained = drain(asRequest(stream), limits);
    stream.destroy();
    expect(await drained).toBe(false);
  });
});
