import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { createApp } from '../../src/http/app.js';
import { HTTP_LIMITS, type HttpLimits } from '../../src/http/limits.js';
import { createRequestMetrics } from '../../src/http/metrics.js';
import { memoryLogger } from '../support/front.js';

let app: FastifyInstance;
let registry: Registry;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await app.close();
});

/** A listener that takes texts of up to 1 kB and says how long they are. */
async function listen(limits: Partial<HttpLimits> = {}): Promise<void> {
  registry = new Registry();
  app = await createApp({
    logger: memoryLogger().logger,
    metrics: createRequestMetrics(registry),
    limits: { bodyBytes: 1_024, ...limits },
  });
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.get('/', async () => 'hello');
  app.post('/', async ({ body }) => String((body as string).length));
  await app.listen({ host: '127.0.0.1', port: 0 });
}

async function open(): Promise<Socket> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** Sends this and reads until the other side closes. */
async function exchange(...parts: string[]): Promise<string> {
  const socket = await open();
  let answer = '';
  socket.on('data', (chunk) => {
    answer += String(chunk);
  });
  // What is still being sent when the answer has come may meet a connection that is closed already.
  socket.on('error', () => undefined);
  for (const part of parts) socket.write(part);
  await once(socket, 'close');
  return answer;
}

function expectProblem(answer: string, status: number, code: string): void {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(head.toLowerCase()).toContain('content-type: application/problem+json');
  expect(head.toLowerCase()).toContain('mooring-front: 1');
  expect(head.toLowerCase()).toContain('cache-control: no-store');
  expect(JSON.parse(body)).toMatchObject({ status, code, detail: expect.any(String) });
}

const counted = async (code: number): Promise<number> => {
  const metric = await registry.getSingleMetric('mooring_front_requests_total')?.get();
  return metric?.values.find(({ labels }) => labels.door === 'other' && labels.code === code)?.value ?? -1;
};

const CLOSE = 'Host: x\r\nConnection: close\r\n';
const TEXT = `POST / HTTP/1.1\r\n${CLOSE}Content-Type: text/plain\r\n`;

describe('how much of a request is taken, over real sockets', () => {
  it('takes what is within the limits', async () => {
    await listen();
    const headers = Array.from({ length: HTTP_LIMITS.headerCount - 2 }, (_, index) => `X-${index}: a\r\n`).join('');
    expect(await exchange(`GET /?${'a'.repeat(8_000)} HTTP/1.1\r\n${CLOSE}${headers}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await exchange(`${TEXT}Content-Length: 1024\r\n\r\n${'a'.repeat(1_024)}`)).toMatch(/\r\n\r\n1024$/);
  });

  it.each([
    ['a body that says that it is too long', `${TEXT}Content-Length: 1025\r\n\r\n${'a'.repeat(1_025)}`, 413, 'body-too-large'],
    [
      'a body in chunks that is too long',
      `${TEXT}Transfer-Encoding: chunked\r\n\r\n${`400\r\n${'a'.repeat(1_024)}\r\n`.repeat(2)}0\r\n\r\n`,
      413,
      'body-too-large',
    ],
    ['an address that is too long', `GET /${'a'.repeat(8_192)} HTTP/1.1\r\n${CLOSE}\r\n`, 414, 'url-too-long'],
    ['an address that fills all that headers may', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${CLOSE}\r\n`, 414, 'url-too-long'],
    ['headers that are too large together', `GET / HTTP/1.1\r\n${CLOSE}X: ${'a'.repeat(16_384)}\r\n\r\n`, 431, 'headers-too-large'],
    ['too many headers', `GET / HTTP/1.1\r\n${CLOSE}${'a:\r\n'.repeat(99)}\r\n`, 431, 'too-many-headers'],
    ['more headers than Node reads', `GET / HTTP/1.1\r\n${CLOSE}${'a:\r\n'.repeat(3_000)}\r\n`, 431, 'too-many-headers'],
    ['no Host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'no-host'],
    ['two lengths', `${TEXT}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`, 400, 'bad-request'],
    ['a length and chunks', `${TEXT}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'bad-request'],
    ['a header with a line break in its name', `GET / HTTP/1.1\r\n${CLOSE}A\r: b\r\n\r\n`, 400, 'bad-request'],
  ])('refuses %s', async (_what, request, status, code) => {
    await listen();
    const before = await counted(status);
    expectProblem(await exchange(request), status, code);
    expect(await counted(status)).toBe(before + 1);
  });

  it('reads a body that is far too long to its end, so that a proxy in front sees the answer', async () => {
    await listen();
    const body = 'a'.repeat(1_000_000);
    expectProblem(await exchange(`${TEXT}Content-Length: 5000000\r\n\r\n`, body, body, body, body, body), 413, 'body-too-large');
  });

  it('takes the old HTTP without Host', async () => {
    await listen();
    expect(await exchange('GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('how long a request may take to come, over real sockets', () => {
  it('ends a connection whose headers come too slowly', async () => {
    await listen({ headersTimeoutMs: 50, checkIntervalMs: 10 });
    expectProblem(await exchange('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: '), 408, 'timeout');
    expect(await counted(408)).toBe(1);
  });

  it('ends a connection that says nothing', async () => {
    await listen({ headersTimeoutMs: 50, checkIntervalMs: 10 });
    expectProblem(await exchange(), 408, 'timeout');
  });

  it('ends a connection whose body comes too slowly', async () => {
    await listen({ headersTimeoutMs: 50, requestTimeoutMs: 100, checkIntervalMs: 10 });
    expectProblem(await exchange(`${TEXT}Content-Length: 100\r\n\r\n`, 'abc'), 408, 'timeout');
  });

  it('keeps a connection between two requests longer than a request may take', async () => {
    await listen({ headersTimeoutMs: 20, requestTimeoutMs: 40, checkIntervalMs: 5 });
    const socket = await open();
    const answers: string[] = [];
    socket.on('data', (chunk) => answers.push(String(chunk)));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    // Another connection that is late shows that it was looked for such in the meantime.
    expectProblem(await exchange('GET /'), 408, 'timeout');
    socket.write(`GET / HTTP/1.1\r\n${CLOSE}\r\n`);
    await once(socket, 'close');
    expect(answers.join('').match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
  });
});

describe('how many connections are taken', () => {
  it('closes one too many, counts it, and takes the next when there is room', async () => {
    await listen({ connections: 2 });
    const first = await open();
    await open();
    const dropped = once(app.server, 'drop');
    expect(await exchange('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('');
    await dropped;
    const metric = await registry.getSingleMetric('mooring_front_dropped_connections_total')?.get();
    expect(metric?.values[0]?.value).toBe(1);
    first.destroy();
    await connectionsAre(1);
    const answer = await exchange(`GET / HTTP/1.1\r\n${CLOSE}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });
});

async function connectionsAre(count: number): Promise<void> {
  const now = () => new Promise<number>((resolve) => app.server.getConnections((_error, open) => resolve(open)));
  while ((await now()) !== count) await new Promise((resolve) => setImmediate(resolve));
}
