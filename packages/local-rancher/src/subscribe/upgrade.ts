import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Access } from '../access/access.js';
import type { Caller } from '../access/caller.js';
import { ApiError, errorBody, forbidden, notFound, unauthorized } from '../api/errors.js';
import { originOf } from '../api/origin.js';
import type { Scope } from '../api/render/links.js';
import type { Views } from '../api/render/views.js';
import { refusalOf } from '../guard.js';
import { PROJECT_ID } from '../model/ids.js';
import type { Store } from '../store/store.js';
import type { Streams } from '../streams/serve.js';
import { Subscription } from './subscription.js';

interface SubscribeOptions {
  store: Store;
  views: Views;
  access: Access;
  streams: Streams;
  batchMs: number;
  pingMs: number;
}

interface Wish {
  scope: Scope;
  wantsChanges: boolean;
}

const PATH = /^\/(v1|v2-beta)(?:\/projects\/([^/]+))?\/subscribe\/?$/;
const STATUS_TEXT: Readonly<Record<number, string>> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' };

/** Who subscribes. @throws ApiError 401 (recording 10-20), 403 for a web page */
const callerOf = ({ headers }: IncomingMessage, access: Access): Caller => {
  const refusal = refusalOf(headers);
  if (refusal !== undefined) throw new ApiError(403, 'Forbidden', { message: refusal });
  const caller = access.identify(headers);
  if (!caller) throw unauthorized();
  return caller;
};

/**
 * What a subscriber asks for.
 * @throws ApiError 404 without a project (recording 06-10-ws-unscoped) unless the key is a project's, 403 for an unknown one
 */
const readWish = (request: IncomingMessage, caller: Caller): Wish => {
  const [path = '', ...rest] = (request.url ?? '').split('?');
  const query = new URLSearchParams(rest.join('?'));
  const [match, version, scoped] = PATH.exec(path) ?? [];
  const project = scoped ?? query.get('projectId') ?? (caller.kind === 'project' ? PROJECT_ID : undefined);
  if (match === undefined || project === undefined) throw notFound();
  if (project !== PROJECT_ID) throw forbidden();
  const { protocol, host } = originOf(request.headers);
  const base = `${protocol}://${host}/${version}${scoped === undefined ? '' : `/projects/${PROJECT_ID}`}`;
  const scope = { base, version: version === 'v1' ? 'v1' : 'v2-beta' } as const;
  return { scope, wantsChanges: query.getAll('eventNames').includes('resource.change') };
};

const refuse = (socket: Duplex, error: ApiError): void => {
  const body = JSON.stringify(errorBody(error));
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_TEXT[error.status] ?? 'Error'}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};

const subscriber = (request: IncomingMessage, options: SubscribeOptions): ((socket: WebSocket) => void) => {
  const wish = readWish(request, callerOf(request, options.access));
  return (socket) => {
    new Subscription({ ...options, ...wish, socket });
  };
};

/** Serves `subscribe` and the streams of containers on an HTTP server. Returns what ends them all. */
export const serveSubscriptions = (server: Server, options: SubscribeOptions): (() => void) => {
  // Subscribers have nothing to say: a small limit is enough.
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    try {
      sockets.handleUpgrade(request, socket, head, options.streams.find(request) ?? subscriber(request, options));
    } catch (error) {
      refuse(socket, error instanceof ApiError ? error : notFound());
    }
  };
  server.on('upgrade', onUpgrade);
  return () => {
    for (const client of sockets.clients) client.terminate();
    sockets.close();
  };
};
