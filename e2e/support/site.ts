import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the sign-in service of a site is: it works, hangs, is a proxy's error page, or breaks connections off. */
export type Auth2State = 'up' | 'slow' | 'page' | 'down';

/** What a site has beside Rancher and Traefik: a sign-in service (auth2), and a place that says the notebook's version. */
export class Site {
  auth2: Auth2State = 'up';
  version: string | undefined = '3.14.1';
  /** Who a token belongs to. */
  readonly tokens = new Map<string, string>();
  /** How often auth2 was asked. */
  questions = 0;
  /** Answers that are owed since it is slow. */
  readonly #waiting: (() => void)[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) =>
      request.url === '/version' ? this.#version(response) : this.#me(request, response),
    );
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Is slow no more. */
  answerWaiting(): void {
    this.auth2 = 'up';
    for (const answer of this.#waiting.splice(0)) answer();
  }

  /** The environment variables that lead to it. */
  get environment(): Record<string, string> {
    const origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return { auth2: `${origin}/services/auth/api/V2/me`, narrative_version_url: `${origin}/version` };
  }

  #version(response: ServerResponse): void {
    if (this.version === undefined) response.writeHead(503).end();
    else response.end(JSON.stringify({ version: this.version }));
  }

  #me({ url, headers }: IncomingMessage, response: ServerResponse): void {
    this.questions += 1;
    if (this.auth2 === 'slow') return void this.#waiting.push(() => this.#answer(url, headers, response));
    if (this.auth2 === 'down') return void response.destroy();
    if (this.auth2 === 'page') return void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>');
    this.#answer(url, headers, response);
  }

  #answer(url: string | undefined, headers: IncomingMessage['headers'], response: ServerResponse): void {
    const user = this.tokens.get(headers.authorization ?? '');
    response.setHeader('content-type', 'application/json');
    if (url !== '/services/auth/api/V2/me') response.writeHead(404).end('{}');
    else if (user === undefined) response.writeHead(401).end(JSON.stringify({ error: { httpcode: 401, message: '10020 Invalid token' } }));
    else response.end(JSON.stringify({ user, display: user, customroles: ['KBASE_USER'], roles: [] }));
  }
}
