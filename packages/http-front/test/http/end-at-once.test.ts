import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { endAtOnce } from '../../src/http/end-at-once.js';

const PAGE = 'é'.repeat(20_000);

let server: Server;
let port: number;
/** What was written into sockets, a write each. */
let writes: unknown[];

beforeEach(async () => {
  writes = [];
  server = createServer(({ url }, response) => {
    const text = `${url} ${PAGE}`;
    response.writeHead(201, ['Content-Length', String(Buffer.byteLength(text))]);
    if (url === '/late') setImmediate(() => endAtOnce(response, { text, encoding: 'utf8' }));
    else endAtOnce(response, { text, encoding: 'utf8' });
  });
  server.on('connection', (socket) => {
    const { write } = socket;
    socket.write = ((...args: Parameters<typeof write>) => {
      writes.push(args[0]);
      return write.apply(socket, args);
    }) as typeof write;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('an answer that is ended at once', () => {
  it('is one write, head and body, after which the connection is kept', async () => {
    const [answer] = (await once(request({ host: '127.0.0.1', port, path: '/a' }).end(), 'response')) as [IncomingMessage];
    expect([answer.statusCode, answer.headers.connection]).toEqual([201, 'keep-alive']);
    expect(await readAll(answer)).toBe(`/a ${PAGE}`);
    expect(writes).toEqual([expect.stringMatching(/^HTTP\/1\.1 201 Created\r\n.*\r\n\r\n\/a é+$/s)]);
  });

  it('goes nowhere, and breaks nothing, where the connection was closed meanwhile', async () => {
    server.removeAllListeners('request');
    const ended = new Promise<boolean>((resolve) => {
      server.on('request', ({ socket }, response) => {
        response.writeHead(201, ['Content-Length', '1']);
        response.once('close', () => {
          endAtOnce(response, { text: 'x', encoding: 'latin1' });
          setImmediate(() => resolve(response.writableEnded));
        });
        socket.destroy();
      });
    });
    const [error] = await once(request({ host: '127.0.0.1', port }).end(), 'error');
    expect([error.code, await ended, writes]).toEqual(['ECONNRESET', true, []]);
  });

  it('waits for the one before it where requests are pipelined', async () => {
    const socket = connect(port, '127.0.0.1');
    const lines = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
    socket.end(`${lines('/late')}${lines('/b')}${lines('/c', 'Connection: close\r\n')}`);
    const all = await readAll(socket);
    expect(all.match(/\/\w+ é+/g)).toEqual(['/late', '/b', '/c'].map((path) => `${path} ${PAGE}`));
  });
});
