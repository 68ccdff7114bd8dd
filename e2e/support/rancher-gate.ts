import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';

/** What Rancher answers to a key that it doesn't know (recording 10-10-bad-key-projects). */
const UNAUTHORIZED = { type: 'error', status: 401, code: 'Unauthorized', message: 'Unauthorized', detail: null };

/**
 * What stands in front of a data centre's Rancher: it wants an API key, and can be away, or silent, while the containers behind it
 * run on.
 */
export class RancherGate {
  /** Takes requests and never answers them. */
  silent = false;
  /** What each request to change something said in X-Request-Id; missing where it said nothing. */
  readonly behind: (string | undefined)[] = [];
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #authorization: string;

  constructor(
    readonly port: number,
    private readonly upstreamPort: number,
    key: { access: string; secret: string },
  ) {
    this.#authorization = `Basic ${Buffer.from(`${key.access}:${key.secret}`).toString('base64')}`;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/v2-beta`;
  }

  async open(): Promise<void> {
    if (this.#server) return;
    const server = createServer((incoming, response) => this.#pass(incoming, response));
    server.on('upgrade', (incoming, socket: Socket, head) => this.#upgrade(incoming, socket, head));
    server.on('connection', (socket) => this.#keep(socket));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.#server = server;
  }

  /** From now on connections are refused, and those that are open are cut. */
  async shut(): Promise<void> {
    const closed = new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#server = undefined;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #pass(incoming: IncomingMessage, response: ServerResponse): void {
    if (this.silent) return;
    if (incoming.headers.authorization !== this.#authorization) {
      response.writeHead(401, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(UNAUTHORIZED));
      return;
    }
    const { method, url, headers } = incoming;
    if (method !== 'GET') this.behind.push(headers['x-request-id'] as string | undefined);
    const forwarded = request({ host: '127.0.0.1', port: this.upstreamPort, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    incoming.pipe(forwarded);
  }

  #upgrade({ url, rawHeaders }: IncomingMessage, socket: Socket, head: Buffer): void {
    const upstream = connect(this.upstreamPort, '127.0.0.1');
    this.#keep(upstream);
    const lines = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
    upstream.write(`GET ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  }
}
