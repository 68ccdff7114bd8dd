import { actionQuery, type CallOptions, Collection } from './collection.js';
import type { HttpClient } from './http/http.js';
import { CONTAINERS } from './kinds.js';
import { type Container, type HostAccess, hostAccessSchema } from './schemas/container.js';

/** Containers, and the way to their streams. */
export class ContainerCollection extends Collection<Container> {
  readonly #http: HttpClient;

  constructor(http: HttpClient, parent: string) {
    super(http, parent, CONTAINERS);
    this.#http = http;
  }

  /** A URL and a token for a container's stream. The host in the URL is whatever Rancher believes itself to be: don't send it anything but this token. */
  async access(id: string, action: 'logs' | 'execute' | 'proxy', body: object = {}, { signal }: CallOptions = {}): Promise<HostAccess> {
    return this.#http.request({
      method: 'POST',
      path: this.itemPath(id),
      query: actionQuery(action),
      body,
      schema: hostAccessSchema,
      signal,
    });
  }
}
