/**
 * The program of the mock-app image: `node mock-app-server.js <ip> <port>`. In its environment IDLE is a time such as 60s, 1m or 500ms (1m
 * where it is missing), CONNSTR a text that it tells. POST /exit ends it at once, as if it had been idle.
 */
import { createServer, type ServerResponse } from 'node:http';
import { hostname } from 'node:os';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const DEFAULT_IDLE = '1m';
/** What is under way when it ends has so long, in milliseconds. */
const FAREWELL_MS = 2_000;
const LOOK_MS = 10;

function idleMs(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (UNITS[unit] ?? 0);
}

const [host = '127.0.0.1', port = '9000'] = process.argv.slice(2);
const { IDLE = DEFAULT_IDLE, CONNSTR = '' } = process.env;
const idle = idleMs(IDLE) ?? 60_000;
let usedAt = Date.now();

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  const path = request.url?.split('?', 1)[0];
  const requested = `${request.headers.host}${request.url}`;
  if (request.method === 'POST' && path === '/exit') {
    send(response, 200, { status: 'going' });
    end();
  } else if (path === '/') {
    usedAt = Date.now();
    timer.refresh();
    send(response, 200, { hostname: hostname(), 'IP address': [host], 'connection string': CONNSTR, requested, pid: process.pid });
  } else if (path === '/status') {
    send(response, 200, { status: 'ok', left: `${Math.max(0, idle - (Date.now() - usedAt)) / 1000}s`, requested });
  } else {
    send(response, 404, { error: 'there are / and /status', requested });
  }
});

/** A proxy keeps its connections: each is closed once what is under way on it is answered. */
function end(): void {
  server.close(() => process.exit(0));
  setTimeout(() => process.exit(0), FAREWELL_MS).unref();
  server.closeIdleConnections();
  setInterval(() => server.closeIdleConnections(), LOOK_MS);
}

const timer = setTimeout(end, idle);
process.once('SIGTERM', end);
server.listen({ host, port: Number(port) }, () =>
  process.stdout.write(`mock-app listens on http://${host}:${port}/, and ends after ${IDLE} of idleness\n`),
);
