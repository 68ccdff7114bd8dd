import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** A container of a stack: a server that says its name, and how often it was asked. */
export class Container {
  requests = 0;
  /** When it was asked last, in ms since the epoch. */
  askedAt = 0;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;

  private constructor(
    readonly stack: string,
    readonly number: number,
  ) {
    this.#server = createServer((_request, response) => {
      this.requests += 1;
      this.askedAt = Date.now();
      response.end(`${stack} ${number}`);
    });
    this.#sockets = new WebSocketServer({ server: this.#server });
    this.#sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  }

  static async open(stack: string, number: number): Promise<Container> {
    const container = new Container(stack, number);
    await new Promise<void>((resolve) => container.#server.listen(0, '127.0.0.1', resolve));
    return container;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** As Rancher's metadata tell of it. */
  entry(labels: Readonly<Record<string, string>> = {}, given: object = {}): object {
    return {
      name: `${this.stack}-web-${this.number}`,
      uuid: `00000000-0000-4000-8000-${String(this.number).padStart(12, '0')}`,
      primary_ip: '127.0.0.1',
      state: 'running',
      health_state: 'healthy',
      service_name: 'web',
      stack_name: this.stack,
      labels: { 'map-public-http': String(this.port), ...labels },
      ...given,
    };
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
