import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { RancherClient } from '../src/client.js';
import { type ContainerStats, statsFrameSchema } from '../src/schemas/stats.js';
import { caught } from './support/mock-rancher.js';

interface Fake {
  /** What the address says; the fake's own where it is missing. */
  url?: (origin: string) => string | null;
  serve?: (socket: WebSocket) => void;
  /** Refuses the websocket with this status. */
  refuse?: number;
}

const open: { server?: Server; client?: RancherClient } = {};

/** A Rancher that knows nothing but the way to a stream. Tells what its websockets were asked with. */
async function start({ url = (origin) => `${origin}/v1/exec/`, serve = (socket) => socket.close(), refuse }: Fake) {
  const asked: { path: string; headers: Record<string, unknown> }[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((_request, response) => {
    const answer = { id: null, type: 'hostAccess', token: 'a/b+c', url: url(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`) };
    response.end(JSON.stringify(answer));
  });
  server.on('upgrade', (request, socket, head) => {
    asked.push({ path: request.url ?? '', headers: request.headers });
    if (refuse) socket.end(`HTTP/1.1 ${refuse} No\r\nContent-Length: 0\r\n\r\n`);
    else sockets.handleUpgrade(request, socket, head, serve);
  });
  open.server = server;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  open.client = new RancherClient({ url: `${origin}/v2-beta`, accessKey: 'key', secretKey: 'secret', deadlineMs: 5_000, retries: 0 });
  return { project: open.client.project('1a5'), asked };
}

afterEach(async () => {
  await open.client?.close();
  open.server?.closeAllConnections();
  open.server?.close();
});

describe('logs', () => {
  it('ask for a tail that ends, and take each frame for a line', async () => {
    const { project } = await start({
      serve: (socket) => {
        for (const frame of ['01 a', '02 b\n', '01 02 c', 'd']) socket.send(frame);
        socket.close();
      },
    });
    await expect(project.containers.logs('1i1', { lines: 3 })).resolves.toEqual(['b', '02 c', 'd']);
  });

  it('tell what has come where the stream does not end, and that nothing has', async () => {
    const { project } = await start({ serve: (socket) => socket.send('01 a') });
    await expect(project.containers.logs('1i1', { deadlineMs: 300 })).resolves.toEqual(['a']);
  });

  it('say so where nothing comes in time', async () => {
    const { project } = await start({ serve: () => undefined });
    await expect(project.containers.logs('1i1', { deadlineMs: 300 })).rejects.toMatchObject({ code: 'Timeout' });
  });
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('execute', () => {
  it('goes to the configured origin, whatever host the address names, with the token and without the key', async () => {
    const { project, asked } = await start({
      url: () => 'wss://elsewhere.example:9/v1/exec/?x=1',
      serve: (socket) => {
        socket.send(base64('one\r\n'));
        socket.close();
      },
    });
    await expect(project.containers.execute('1i1', ['true'])).resolves.toBe('one\n');
    expect(asked).toMatchObject([{ path: '/v1/exec/?token=a%2Fb%2Bc' }]);
    expect(asked[0]?.headers).not.toHaveProperty('authorization');
  });

  it('is no end where the connection breaks', async () => {
    const { project } = await start({
      serve: (socket) => {
        socket.send(base64('one\r\n'), () => socket.terminate());
      },
    });
    const error = await caught(project.containers.execute('1i1', ['true']));
    expect(error).toMatchObject({ name: 'RancherUnreachableError', code: 'Connection' });
    expect(error.message).not.toContain('a/b');
  });

  it.each(['plainly no base64!', base64('x').slice(1)])('refuses a frame such as %s', async (frame) => {
    const { project } = await start({
      serve: (socket) => {
        socket.send(frame);
        socket.close();
      },
    });
    await expect(project.containers.execute('1i1', ['true'])).rejects.toMatchObject({ code: 'InvalidAnswer' });
  });

  it('says with which status a stream was refused', async () => {
    const { project } = await start({ refuse: 401 });
    await expect(project.containers.execute('1i1', ['true'])).rejects.toThrow(
      '/v1/exec/: the stream failed (Unexpected server response: 401)',
    );
  });

  it('ends one that never ends', async () => {
    const { project } = await start({ serve: () => undefined });
    await expect(project.containers.execute('1i1', ['true'], { deadlineMs: 200 })).rejects.toMatchObject({ code: 'Timeout' });
  });

  it('reads no frame that is larger than all that is allowed', async () => {
    const { project } = await start({ serve: (socket) => socket.send('A'.repeat(100_000)) });
    await expect(project.containers.execute('1i1', ['true'], { maxBytes: 1_000 })).rejects.toMatchObject({
      name: 'RancherUnreachableError',
      message: expect.stringMatching(/Max payload size exceeded|more than/),
    });
  });

  it('needs a command, and the id of a container', async () => {
    const { project } = await start({});
    await expect(project.containers.execute('1i1', [])).rejects.toMatchObject({ name: 'InvalidArgumentError' });
    await expect(project.containers.execute('1s1', ['true'])).rejects.toMatchObject({ name: 'InvalidArgumentError' });
  });
});

/** The form of rancher/agent's rows: service/hostapi/stats/aggregated_stats.go. */
const ROW = {
  id: '1i1',
  resourceType: 'container',
  memLimit: 8_000_000_000,
  timestamp: '2026-11-21T04:57:43.123456789Z',
  cpu: { usage: { total: 5, per_cpu_usage: [5], user: 1, system: 1 } },
  diskio: { io_service_bytes: [{ major: 0, minor: 0, stats: { Read: 1 } }] },
  network: {
    name: '',
    rx_bytes: 0,
    tx_bytes: 0,
    interfaces: [
      {
        name: 'eth0',
        rx_bytes: 1234,
        rx_packets: 3,
        rx_errors: 0,
        rx_dropped: 0,
        tx_bytes: 99,
        tx_packets: 1,
        tx_errors: 0,
        tx_dropped: 0,
      },
    ],
  },
  memory: { usage: 77 },
};

describe('statistics', () => {
  const read = async (rows: AsyncIterable<ContainerStats[]>): Promise<ContainerStats[][]> => {
    const all: ContainerStats[][] = [];
    for await (const row of rows) all.push(row);
    return all;
  };

  it('are rows until Rancher ends them', async () => {
    const { project } = await start({
      serve: (socket) => {
        socket.send(`${JSON.stringify([ROW])}`);
        socket.close();
      },
    });
    const network = { interfaces: [{ name: 'eth0', rx_bytes: 1234, tx_bytes: 99 }] };
    await expect(read(project.containers.containerStats('1i1'))).resolves.toMatchObject([
      [{ id: '1i1', network, memory: { usage: 77 }, diskio: { io_service_bytes: [{ stats: { Read: 1 } }] } }],
    ]);
  });

  it('of a second in which nothing was told have no interfaces', () => {
    const empty = {
      id: '1i1',
      timestamp: '0001-01-01T00:00:00Z',
      cpu: { usage: { total: 0, user: 0, system: 0 } },
      diskio: {},
      memory: { usage: 0 },
    };
    const network = { name: '', rx_bytes: 0, tx_bytes: 0 };
    expect(statsFrameSchema.parse([{ ...empty, network }])[0]?.network).toEqual({ interfaces: [] });
    expect(statsFrameSchema.parse([empty])[0]?.network).toBeNull();
  });

  it('are none where there is no address', async () => {
    const { project } = await start({ url: () => null });
    await expect(read(project.services.containerStats('1s1'))).rejects.toThrow('no active host measures them');
  });

  it.each(['no json', '{"id":"1i1"}', '[{"id":7}]'])('refuse a frame such as %s', async (frame) => {
    const { project } = await start({ serve: (socket) => socket.send(frame) });
    await expect(read(project.containers.containerStats('1i1'))).rejects.toMatchObject({ code: 'InvalidAnswer' });
  });
});
