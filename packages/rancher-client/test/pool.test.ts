import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { RequesterAnswer } from '../src/http/exchange.js';
import { ConnectionPool } from '../src/http/pool.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let end: (() => Promise<void>) | undefined;
afterEach(() => end?.());

/** A pool and a server that answers so. */
async function serve(answer: Answer) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const pool = new ConnectionPool();
  end = async () => {
    await pool.destroy();
    server.closeAllConnections();
    server.close();
  };
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (signal = new AbortController().signal): Promise<RequesterAnswer> =>
    pool.request({ origin, path: '/', method: 'GET', headers: {}, body: null, maxBytes: 1000, signal });
  return { pool, ask };
}

describe('a pool of connections', () => {
  it('takes an answer in whole, also where a character is in two chunks', async () => {
    const bytes = Buffer.from('{"name":"Jürgen"}');
    const cut = bytes.indexOf('ü') + 1;
    const { ask } = await serve((_request, response) => {
      response.writeHead(201, { location: '/there' });
      response.write(bytes.subarray(0, cut));
      setImmediate(() => response.end(bytes.subarray(cut)));
    });
    await expect(ask()).resolves.toEqual({ status: 201, location: '/there', text: '{"name":"Jürgen"}' });
  });

  it('fails where an answer breaks off', async () => {
    const { ask } = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{', () => response.destroy());
    });
    await expect(ask()).rejects.toThrow();
  });

  it('reads no further than allowed, and goes on with the next call', async () => {
    const sizes = [1001, 1000];
    const { ask } = await serve((_request, response) => response.end('x'.repeat(sizes.shift() ?? 0)));
    await expect(ask()).resolves.toMatchObject({ status: 200, text: undefined });
    expect((await ask()).text).toHaveLength(1000);
  });

  it('lets go at once of what is called off: on its way, and before it has a connection', async () => {
    let reached = 0;
    const open: ServerResponse[] = [];
    const { ask } = await serve((_request, response) => {
      open.push(response);
      reached += 1;
      if (reached === 32) wake();
    });
    let wake: () => void = () => undefined;
    const all = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const first = new AbortController();
    const waiting = new AbortController();
    const calls = [ask(first.signal), ...Array.from({ length: 31 }, () => ask())];
    await all;
    const late = ask(waiting.signal);
    const reason = new Error('not wanted any more');
    waiting.abort(reason);
    await expect(late).rejects.toBe(reason);
    first.abort(reason);
    await expect(calls[0]).rejects.toBe(reason);
    for (const response of open) response.end('{}');
    await expect(Promise.all(calls.slice(1))).resolves.toHaveLength(31);
    expect(reached).toBe(32);
  });

  it('breaks off what is under way when it is destroyed', async () => {
    let wake: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const { pool, ask } = await serve(() => wake());
    const failed = expect(ask()).rejects.toThrow();
    await reached;
    await pool.destroy();
    await failed;
    await expect(ask()).rejects.toThrow();
  });
});
