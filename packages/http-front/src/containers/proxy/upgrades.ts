import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';

export interface Upgrading {
  socket: Socket;
  /** What came after the request's headers already. */
  head: Buffer;
  response: ServerResponse;
}

const upgrading = new WeakMap<IncomingMessage, Upgrading>();

/** What was asked for beside an answer, and by what; undefined where it is a request as others are. */
export const upgradeOf = (request: IncomingMessage): Upgrading | undefined => upgrading.get(request);

const OF_THE_WISH = new Set(['upgrade', 'http2-settings']);

/** The lines of a request without its wish for another protocol. */
function withoutWish({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = [rawHeaders[at], rawHeaders[at + 1]];
    const lower = name.toLowerCase();
    if (OF_THE_WISH.has(lower)) continue;
    const names = value.split(',').filter((each) => !OF_THE_WISH.has(each.trim().toLowerCase()));
    if (lower !== 'connection') lines.push(`${name}: ${value}`);
    else if (names.length > 0) lines.push(`${name}: ${names.join(',')}`);
  }
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** A server may leave a wish for another protocol unheard (RFC 9110, 7.8). Node has left the body in the socket, so all of it is read again. */
function readAgain({ server }: FastifyInstance, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (head.length > 0) socket.unshift(head);
  socket.unshift(withoutWish(request));
  server.emit('connection', socket);
}

/** Routes it as all others are, hooks and all, so that a handler may take the connection. Whoever is answered instead has it closed. */
function route(app: FastifyInstance, request: IncomingMessage, socket: Socket, head: Buffer): void {
  // Whoever goes away in the middle ends the answer, nothing else.
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  upgrading.set(request, { socket, head, response });
  app.routing(request, response);
}

/**
 * Has websockets routed: one who may takes the connection, asked by `upgradeOf`, and for all others it is a request that says what it wishes, and so
 * is no navigation. Every other wish for another protocol is left unheard, as Node does by itself.
 */
export function routeWebsockets(app: FastifyInstance): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const isWebsocket = request.headers.upgrade?.toLowerCase() === 'websocket' && request.method === 'GET';
    if (isWebsocket) route(app, request, socket as Socket, head);
    else readAgain(app, request, socket, head);
  });
}
