import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sessionNames } from '../../packages/http-front/src/narrative/names.js';

interface Existing {
  name: string;
  launchConfig: { labels: Record<string, string> };
}

/** A small stand-in for narrative-traefiker's front: finds the service that has the person's name, and gives its session_id as their cookie. */
export class OldFront {
  readonly #server: Server;

  /** Who somebody is, by their token, and the services that there are. */
  constructor(tokens: ReadonlyMap<string, string>, services: () => Promise<Existing[]>) {
    this.#server = createServer(async ({ headers }, response) => {
      const [, token = ''] = /kbase_session=([^;]+)/.exec(headers.cookie ?? '') ?? [];
      const [name] = sessionNames('narrative-{}', tokens.get(token) ?? '');
      const secret = (await services()).find((service) => service.name === name)?.launchConfig.labels.session_id;
      if (secret === undefined) response.writeHead(404).end();
      else response.writeHead(201, { 'set-cookie': `narrative_session=${secret}`, 'x-front': 'narrative-traefiker' }).end();
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
