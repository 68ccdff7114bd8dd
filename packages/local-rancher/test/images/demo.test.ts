import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { DEMO_IMAGE, demoImage } from '../../src/images/index.js';
import { eventually, Fixture, isAlive, logOf, spec } from '../runtime/fixture.js';

const fixture = new Fixture();
const request = spec({ image: `${DEMO_IMAGE}:1`, ports: [8888] });
let runtime: ReturnType<Fixture['runtime']>;
let base: string;
let pid: number;

beforeEach(async () => {
  runtime = fixture.runtime({ images: { [DEMO_IMAGE]: demoImage } });
  const started = await runtime.start(request);
  pid = started.pid;
  base = `http://${started.address}:8888/narrative/`;
  await eventually('the demo listens', () => logOf(runtime).includes('listens on'));
});
afterEach(() => fixture.cleanUp());

const get = (path: string, init: RequestInit = {}) => fetch(new URL(path, base), { ...init, signal: AbortSignal.timeout(5_000) });
const json = async (path: string, init?: RequestInit) => (await get(path, init)).json() as Promise<Record<string, unknown>>;

/** A websocket and what it hears. */
async function open(path: string): Promise<{ socket: WebSocket; heard: string[] }> {
  const socket = new WebSocket(new URL(path, base).href.replace('http', 'ws'), { handshakeTimeout: 5_000 });
  const heard: string[] = [];
  socket.on('message', (data) => heard.push(data.toString()));
  await once(socket, 'open');
  return { socket, heard };
}

describe('the demo image', () => {
  it('has a page whose script and style are files, so that a strict policy lets them in', async () => {
    const page = await get('');
    const text = await page.text();
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).not.toMatch(/<script>|<style|\son\w+=|style=/);
    for (const [, file] of text.matchAll(/(?:src|href)="([^"]+)"/g)) expect((await get(file ?? '')).status).toBe(200);
  });

  it("tells its status in Jupyter's form, with an instance id of its own per start", async () => {
    const status = await json('api/status');
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(status).toEqual({
      connections: 0,
      kernels: 0,
      last_activity: time,
      started: time,
      instance: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(await json('api/status')).toEqual(status);
    await runtime.stop('c1');
    await runtime.start(request);
    const next = await eventually('the next one answers', () => json('api/status').catch(() => undefined));
    expect(next.instance).not.toBe(status.instance);
  });

  it('greets on the websocket with its instance, then echoes; that counts as a connection and as activity', async () => {
    const before = await json('api/status');
    const { socket, heard } = await open('ws');
    await eventually('the greeting', () => heard.length === 1);
    expect(JSON.parse(heard[0] ?? '')).toEqual({ instance: before.instance });
    expect(await json('api/status')).toEqual({ ...before, connections: 1 });
    await eventually('a later millisecond', () => new Date().toISOString() > String(before.last_activity));
    socket.send('ping ☃');
    await eventually('the echo', () => heard[1] === 'ping ☃');
    expect(String((await json('api/status')).last_activity) > String(before.last_activity)).toBe(true);
    socket.close();
    await eventually('no connection', async () => (await json('api/status')).connections === 0);
  });

  it('takes what is saved into it, and tells its size', async () => {
    const { instance } = await json('api/status');
    const saved = await json('api/contents/a.ipynb?x=1', { method: 'PUT', body: 'x'.repeat(100_000) });
    expect(saved).toEqual({ instance, method: 'PUT', path: '/narrative/api/contents/a.ipynb?x=1', bytes: 100_000 });
    expect(await json('some/page')).toMatchObject({ instance, method: 'GET', path: '/narrative/some/page' });
  });

  it('is the same below /, where it is asked for by its name, websockets included', async () => {
    expect((await get('/')).status).toBe(200);
    expect((await get('/api/status')).status).toBe(200);
    (await open('/ws')).socket.close();
    await expect(open('/other/ws')).rejects.toThrow('404');
  });

  it('answers what is under way at SIGTERM, takes nothing new, and ends', async () => {
    const { port, hostname } = new URL(base);
    const socket = connect(Number(port), hostname);
    socket.write('POST /narrative/a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n');
    await once(socket, 'data');
    const stopped = runtime.stop('c1', 60_000);
    await eventually('the next one is refused', () =>
      get('').then(
        () => false,
        () => true,
      ),
    );
    socket.write('ab');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 200 OK\r\n(.*\r\n)*connection: close\r\n/i);
    await stopped;
    expect(isAlive(pid)).toBe(false);
  });

  it('ends at SIGTERM though a websocket is open', async () => {
    const { socket } = await open('ws');
    const closed = once(socket, 'close');
    await runtime.stop('c1', 60_000);
    await closed;
    expect(isAlive(pid)).toBe(false);
  });
});
