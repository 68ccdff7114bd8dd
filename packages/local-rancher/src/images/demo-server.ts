/**
 * The program of the demo image: `node demo-server.js <ip> <port>`. It imports as little as it can, since people (and benchmarks) wait
 * for its start. At SIGTERM it takes no more connections, answers what is under way, and ends.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { DemoActivity } from './demo-activity.js';
import { PAGE, SCRIPT, STYLE } from './demo-page.js';

const BASE = '/narrative/';
/** Longer than a proxy keeps idle connections (Traefik: 90 s), so that it never sends a request into one that closes. */
const KEEP_ALIVE_MS = 120_000;

/** What is under way at SIGTERM has so long, in milliseconds. */
const FAREWELL_MS = 2_000;

let stops = false;
const activity = new DemoActivity(randomBytes(8).toString('hex'));

const FILES: Readonly<Record<string, readonly [type: string, body: string]>> = {
  '': ['text/html; charset=utf-8', PAGE],
  'demo.css': ['text/css; charset=utf-8', STYLE],
  'demo.js': ['text/javascript; charset=utf-8', SCRIPT],
};

function send(response: ServerResponse, status: number, [type, body]: readonly [string, string]): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(stops && { connection: 'close' }),
  });
  response.end(body);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, ['application/json', JSON.stringify(body)]);
}

/** The path below /narrative/, or below / outside of it: where it is asked for by its name, it has all paths. */
function pathBelowBase(url = '/'): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.startsWith(BASE) ? path.slice(BASE.length) : path.slice(1);
}

async function countBytes(request: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of request) bytes += (chunk as Buffer).length;
  return bytes;
}

/** Whatever has no meaning of its own is told back, so that a test can save something and see who took it. */
async function sendEcho(request: IncomingMessage, response: ServerResponse): Promise<void> {
  activity.active();
  const bytes = await countBytes(request);
  sendJson(response, 200, { instance: activity.instance, method: request.method, path: request.url, bytes });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathBelowBase(request.url);
  const file = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (!reads) return sendEcho(request, response);
  if (path === 'api/status') return sendJson(response, 200, activity.status());
  if (path === 'api/kernels' || path === 'api/terminals') return sendJson(response, 200, []);
  if (file === undefined) return sendEcho(request, response);
  activity.active();
  send(response, 200, file);
}

let sockets: Promise<WebSocketServer> | undefined;

/** Loaded for the first websocket only: it takes as long as all the rest of the start. */
async function openSockets(): Promise<WebSocketServer> {
  const { WebSocketServer } = await import('ws');
  return new WebSocketServer({ noServer: true });
}

function echo(webSocket: WebSocket): void {
  activity.connected();
  webSocket.on('close', () => activity.disconnected());
  // A frame that breaks the protocol closes its socket (RFC 6455, 7.1.7); the server goes on.
  webSocket.on('error', () => {});
  webSocket.on('message', (data, isBinary) => {
    activity.active();
    webSocket.send(data, { binary: isBinary });
  });
  webSocket.send(JSON.stringify({ instance: activity.instance }));
}

async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  // The client may leave before it is served.
  socket.on('error', () => socket.destroy());
  if (pathBelowBase(request.url) !== 'ws') {
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  sockets ??= openSockets();
  (await sockets).handleUpgrade(request, socket, head, echo);
}

function serve(host: string, port: number): void {
  const server = createServer((request, response) => {
    // Fails only where the client goes away in the middle of its body.
    answer(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('upgrade', (request, socket, head) => {
    upgrade(request, socket, head).catch(() => socket.destroy());
  });
  process.once('SIGTERM', () => {
    stops = true;
    server.close(() => process.exit(0));
    // 1001: the server is going down (RFC 6455, 7.4.1).
    void sockets?.then(({ clients }) => {
      for (const client of clients) client.close(1001);
    });
    setTimeout(() => process.exit(0), FAREWELL_MS);
  });
  server.listen({ host, port }, () => process.stdout.write(`demo ${activity.instance} listens on http://${host}:${port}${BASE}\n`));
}

const [host = '127.0.0.1', port = '8888'] = process.argv.slice(2);
serve(host, Number(port));
