import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A part of Rancher's metadata, as a test has it. */
export interface Metadata {
  containers: unknown;
  aliases?: unknown;
  ssl?: { cert: string; key: string };
}

/** How it answers: as it should, with an error, cut short, or not at all. */
type MetadataState = 'up' | 'error' | 'cut' | 'aliases-fail';

/** Rancher's metadata service over what a test says, with its long poll. */
export class MetadataServer {
  state: MetadataState = 'up';
  #metadata: Metadata = { containers: [] };
  #version = 1;
  readonly #waiting = new Set<() => void>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => this.#answer(new URL(request.url ?? '/', 'http://metadata'), response));
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Something else is so from now on. */
  tell(metadata: Metadata): void {
    this.#metadata = metadata;
    this.#version += 1;
    for (const answer of [...this.#waiting]) answer();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(url: URL, response: ServerResponse): void {
    const path = url.pathname.replace(/^\/[^/]+/, '');
    if (path === '/version' && url.searchParams.get('wait') === 'true' && url.searchParams.get('value') === String(this.#version)) {
      const answer = (): void => {
        this.#waiting.delete(answer);
        send(response, String(this.#version));
      };
      this.#waiting.add(answer);
      response.once('close', () => this.#waiting.delete(answer));
      return;
    }
    if (this.state === 'error' || (this.state === 'aliases-fail' && path.endsWith('/aliases')))
      return void response.writeHead(500, { 'content-type': 'text/html' }).end('<html>');
    if (this.state === 'cut') return void response.writeHead(200, { 'content-type': 'application/json' }).end('[{"name":');
    send(response, this.#at(path));
  }

  #at(path: string): unknown {
    const { containers, aliases, ssl } = this.#metadata;
    const places: Readonly<Record<string, unknown>> = {
      '/version': String(this.#version),
      '/containers': containers,
      '/self/service/metadata/aliases': aliases,
      '/self/service/metadata/ssl_cert': ssl?.cert,
      '/self/service/metadata/ssl_key': ssl?.key,
    };
    return places[path];
  }
}

function send(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json');
  if (value === undefined) response.writeHead(404).end('{"message":"Not found","code":404,"type":"error"}');
  else response.end(JSON.stringify(value));
}
