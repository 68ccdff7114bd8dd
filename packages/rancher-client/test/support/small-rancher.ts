import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface Asked {
  method: string;
  /** Below `/v2-beta/projects/1a5`. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: unknown;
}

type Answer = object | { status: number; body: object };
type Handler = (asked: Asked) => Answer;

const PROJECT = '/v2-beta/projects/1a5';

/** A server of its own for one test: handlers by method and path, and everything that was asked. */
export class SmallRancher {
  readonly asked: Asked[] = [];
  /** The addresses of subscriptions as they came. */
  readonly subscriptions: string[] = [];
  onSubscriber: (socket: WebSocket) => void = () => undefined;
  readonly #handlers = new Map<string, Handler>();
  readonly #server: Server;
  readonly #sockets: WebSocketServer;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#sockets = new WebSocketServer({ server: this.#server });
    this.#sockets.on('connection', (socket, request) => {
      this.subscriptions.push(request.url ?? '');
      this.onSubscriber(socket);
    });
  }

  static async start(): Promise<SmallRancher> {
    const rancher = new SmallRancher();
    await new Promise<void>((resolve) => rancher.#server.listen(0, '127.0.0.1', resolve));
    return rancher;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v2-beta`;
  }

  /** @param route e.g. `GET services/1s3` */
  on(route: string, handler: Handler): void {
    this.#handlers.set(route, handler);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    const text = Buffer.concat(chunks).toString();
    const path = pathname.slice(PROJECT.length + 1);
    const asked: Asked = {
      method: request.method ?? '',
      path,
      query: searchParams,
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    this.asked.push(asked);
    const answer = this.#handlers.get(`${asked.method} ${path}`)?.(asked) ?? { status: 404, body: error(404, 'Not Found') };
    const { status, body } = 'status' in answer && 'body' in answer ? answer : { status: 200, body: answer };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }
}

const error = (status: number, code: string, fields: object = {}): object => ({ type: 'error', status, code, message: null, ...fields });

/** Rancher's refusal, as a handler's answer. */
export const refused = (status: number, code: string, fields: object = {}): Answer => ({ status, body: error(status, code, fields) });
