import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { RancherClient } from '../src/client.js';
import { caught, service } from './support/mock-rancher.js';

const open: { server?: Server; client?: RancherClient } = {};

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.server = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function client(url: string, deadlineMs = 5_000): RancherClient {
  open.client = new RancherClient({ url, deadlineMs, retries: 0 });
  return open.client;
}

afterEach(async () => {
  await open.client?.close();
  open.server?.closeAllConnections();
  open.server?.close();
});

describe('over real sockets', () => {
  it('gets an answer', async () => {
    const url = await serve((_request, response) => response.end(JSON.stringify(service('1s3'))));
    await expect(client(url).project('1a5').services.get('1s3')).resolves.toMatchObject({ id: '1s3', instanceIds: [], launchConfig: null });
  });

  it('knows that nothing was sent where the connection was refused', async () => {
    const url = await serve(() => {});
    await new Promise((resolve) => open.server?.close(resolve));
    const error = await caught(client(url).project('1a5').services.create({}));
    expect(error).toMatchObject({ name: 'RancherUnreachableError', code: 'Connection', outcome: 'not-sent' });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it.each<[string, RequestListener]>([
    ['is cut before the answer', (request) => request.socket.destroy()],
    [
      'is cut in the middle of the answer',
      (_request, response) => {
        response.writeHead(201, { 'Content-Length': 1_000 }).write('{"id":');
        setImmediate(() => response.destroy());
      },
    ],
  ])('does not know the outcome where the connection %s', async (_what, listener) => {
    const error = await caught(
      client(await serve(listener))
        .project('1a5')
        .services.create({}),
    );
    expect(error).toMatchObject({ code: 'Connection', outcome: 'unknown' });
  });

  it('ends what hangs at the deadline', async () => {
    const url = await serve((_request, response) => response.writeHead(200).write('{"id":'));
    const error = await caught(client(url, 200).project('1a5').services.create({}));
    expect(error).toMatchObject({ code: 'Timeout', outcome: 'unknown' });
  });
});
