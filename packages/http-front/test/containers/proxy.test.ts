import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { noteSecret } from '../../../../leaks/watch.js';
import { by, type ContainersFront, containersFront } from '../support/containers-front.js';

/** What listens in the container: says what it was asked, echoes websockets. */
function inside(): Server {
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer(async (request, response) => {
    if (request.url === '/slow') return void response.write('first\n');
    if (request.url === '/move') return void response.writeHead(302, { location: '/there', 'set-cookie': 'sid=7; Path=/' }).end();
    if (request.url === '/cut') return void request.socket.destroy();
    const { method, url, headers } = request;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method, url, headers, body: await text(request) }));
  });
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/no') return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    sockets.handleUpgrade(request, socket as Socket, head, (client) => {
      client.send(
        JSON.stringify({ url: request.url, cookie: request.headers.cookie ?? null, auth: request.headers.authorization ?? null }),
      );
      client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
    });
  });
  return server;
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

describe('/v1/container/<id>/proxy/<port>', () => {
  const container = inside();
  let front: ContainersFront;
  let port: number;
  let base: number;
  let id: string;

  beforeAll(async () => {
    port = await listen(container);
    front = await containersFront({ settings: { statusRole: 'ops' } });
    await front.app.listen({ host: '127.0.0.1', port: 0 });
    base = (front.app.server.address() as AddressInfo).port;
    id = await front.running('ada', { ports: [port] });
  });
  afterAll(async () => {
    await front.dispose();
    container.closeAllConnections();
    await new Promise((resolve) => container.close(resolve));
  });

  const path = (rest = '') => `/v1/container/${id}/proxy/${port}/${rest}`;
  const ask = (user: string, rest: string, init: RequestInit = {}) => {
    noteSecret(`token-${user}`);
    const headers = { authorization: `Bearer token-${user}`, ...(init.headers as object) };
    return fetch(`http://127.0.0.1:${base}${path(rest)}`, { redirect: 'manual', ...init, headers });
  };
  const open = (user: string, rest: string, headers: object = {}): Promise<[WebSocket, string]> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${base}${path(rest)}`, {
        headers: { authorization: `Bearer token-${user}`, cookie: 'kbase_session=token-ada', ...headers },
      });
      socket.once('message', (data) => resolve([socket, String(data)]));
      socket.once('error', reject);
    });

  it('passes on what is asked and answered, but nothing that is for us', async () => {
    const answer = await ask('ada', 'a%2Fb?x=1', {
      method: 'PUT',
      body: '{"not": "read by us"',
      headers: { 'content-type': 'application/json', cookie: `c-${id}-${port}-sid=7; kbase_session=token-ada` },
    });
    const said = (await answer.json()) as { headers: Record<string, string> };
    expect(said).toMatchObject({
      method: 'PUT',
      url: '/a%2Fb?x=1',
      body: '{"not": "read by us"',
      headers: { cookie: 'sid=7', host: `127.0.0.1:${base}`, 'x-forwarded-prefix': path().slice(0, -1) },
    });
    expect(said.headers).not.toHaveProperty('authorization');
    expect([answer.headers.get('content-security-policy'), answer.headers.get('cache-control')]).toEqual(["frame-ancestors 'self'", null]);
  });

  it('takes forms and bodies of no type as they are', async () => {
    const form = new FormData();
    form.set('script', new Blob(['x']), 'x');
    const said = (await (await ask('ada', '', { method: 'POST', body: form })).json()) as { body: string; headers: Record<string, string> };
    expect([said.headers['content-type'], said.body]).toEqual([
      expect.stringMatching(/^multipart\/form-data/),
      expect.stringContaining('name="script"'),
    ]);
    const bare = (await (await ask('ada', '', { method: 'DELETE', body: new Uint8Array([65]) })).json()) as { body: string };
    expect(bare.body).toBe('A');
  });

  it('leads to where the container leads, below its own place', async () => {
    const moved = await ask('ada', 'move');
    expect([moved.status, moved.headers.get('location')]).toEqual([302, path('there')]);
    expect(moved.headers.get('set-cookie')).toBe(`c-${id}-${port}-sid=7; Path=${path()}`);
    const bare = await fetch(`http://127.0.0.1:${base}${path().slice(0, -1)}?q=1`, {
      redirect: 'manual',
      headers: { authorization: 'Bearer token-ada' },
    });
    expect([bare.status, bare.headers.get('location')]).toEqual([308, `${path()}?q=1`]);
  });

  it('gives what comes as it comes, and lets go of it when nobody takes it any more', async () => {
    const gone = new Promise<void>((resolve) => {
      container.once('request', (_request: IncomingMessage, response) => response.once('close', resolve));
    });
    const stop = new AbortController();
    const answer = await ask('ada', 'slow', { signal: stop.signal });
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('first\n');
    stop.abort();
    await gone;
  });

  it('joins websockets', async () => {
    const [socket, first] = await open('ada', 'ws?x=1');
    expect(JSON.parse(first)).toEqual({ url: '/ws?x=1', cookie: null, auth: null });
    const echoed = new Promise((resolve) => socket.once('message', (data, isBinary) => resolve([data, isBinary])));
    socket.send(Buffer.alloc(200_000, 7));
    expect(await echoed).toEqual([Buffer.alloc(200_000, 7), true]);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.close();
    await closed;
  });

  it.each([
    { what: 'somebody else', user: 'eve', rest: '', headers: {}, status: 404 },
    { what: 'somebody unknown', user: 'ada', rest: '', headers: { authorization: 'Bearer unknown' }, status: 403 },
    { what: 'a page of another site', user: 'ada', rest: '', headers: { origin: 'https://evil.example' }, status: 403 },
    { what: 'a container that wants none', user: 'ada', rest: 'no', headers: {}, status: 502 },
  ] as const)('joins no websocket for $what', async ({ user, rest, headers, status }) => {
    await expect(open(user, rest, headers)).rejects.toThrow(`Unexpected server response: ${status}`);
  });

  it('leads to nothing but ports that are exposed, of containers of one’s own that run', async () => {
    const status = async (user: string, url: string) => (await front.app.inject(by(user, { url }))).statusCode;
    expect(await status('eve', path())).toBe(404);
    expect((await fetch(`http://127.0.0.1:${base}${path()}`)).status).toBe(401);
    expect((await ask('eve', '', { method: 'POST' })).status).toBe(404);
    for (const [other, code] of [
      [port + 1, 403],
      [0, 400],
      [65_536, 400],
      ['22x', 400],
    ] as const)
      expect(await status('ada', `/v1/container/${id}/proxy/${other}/`)).toBe(code);
    for (const odd of ['..%2f..%2f', '@192.0.2.1/', '/192.0.2.1/', '\\192.0.2.1', 'http://192.0.2.1/'])
      expect(((await (await ask('ada', odd)).json()) as { url?: string }).url).toMatch(/^\//);
    const ended = await front.running('ada', { ports: [port] });
    front.store.change(`container-${ended}`, ({ status: seen }) => {
      seen.container = { id: '1i1', name: 'r-1', state: 'stopped' };
    });
    expect((await front.app.inject(by('ada', { url: `/v1/container/${ended}/proxy/${port}/` }))).json()).toMatchObject({
      code: 'not-running',
    });
  });

  it('says what is wrong where nothing answers', async () => {
    expect([(await ask('ada', 'cut')).status, await (await ask('ada', 'cut')).json()]).toEqual([
      502,
      expect.objectContaining({ code: 'container-silent' }),
    ]);
    const silent = await front.running('ada', { ports: [1] });
    const answer = await front.app.inject(by('ada', { url: `/v1/container/${silent}/proxy/1/` }));
    expect(answer.json()).toMatchObject({ status: 502, detail: expect.stringContaining('port 1') });
  });

  it('answers who asks for another protocol elsewhere as everybody else', async () => {
    const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': '' };
    const send = (url: string, method: string, body: string) =>
      new Promise<[number | undefined, string]>((resolve, reject) => {
        const sent = httpRequest({
          host: '127.0.0.1',
          port: base,
          path: url,
          method,
          headers: { ...headers, 'content-type': 'application/json' },
        });
        sent.once('response', async (answer) => resolve([answer.statusCode, await text(answer)]));
        sent.once('error', reject).end(body);
      });
    const wrong = await send('/v1/auth/login', 'POST', JSON.stringify({ username: 'admin', password: 'x'.repeat(1000) }));
    expect([wrong[0], JSON.parse(wrong[1])]).toEqual([401, expect.objectContaining({ code: 'wrong-password' })]);
    expect((await send('/v1/openapi.json', 'GET', ''))[0]).toBe(200);
  });
});
