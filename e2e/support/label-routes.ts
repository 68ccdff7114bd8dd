import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ask } from './person.js';

interface MetadataService {
  name: string;
  stack_name: string;
  ports: string[];
  state: string;
  labels: Record<string, string>;
  containers: { state: string; primary_ip: string | null }[];
}

interface DynamicConfig {
  http: { routers: Record<string, object>; services: Record<string, object>; middlewares?: Record<string, object> };
}

/** What a label such as `traefik.http.routers.<name>.rule` says, by its last word. */
function named(
  labels: Record<string, string>,
  kind: 'routers' | 'services' | 'middlewares',
): [name: string, settings: Record<string, string>][] {
  const found = new Map<string, Record<string, string>>();
  for (const [label, value] of Object.entries(labels)) {
    const [, name, setting] = new RegExp(`^traefik\\.http\\.${kind}\\.([^.]+)\\.(.+)$`).exec(label) ?? [];
    if (name && setting) found.set(name, { ...found.get(name), [setting]: value });
  }
  return [...found];
}

/** What a router's service is called that has no label for it, as narrative-traefiker's have none; and the port, of the first that is there. */
const defaultsOf = ({ name, stack_name: stack, ports }: MetadataService) => ({
  service: `${name}_${stack}`,
  port: /(\d+)\/tcp$/.exec(ports[0] ?? '')?.[1],
});

function addService(made: MetadataService, { http }: DynamicConfig): void {
  const { labels, state, containers } = made;
  const defaults = defaultsOf(made);
  if (labels['traefik.enable'] !== 'True' || state !== 'active') return;
  for (const [name, { rule, priority = '0', entrypoints, service = defaults.service, middlewares }] of named(labels, 'routers'))
    http.routers[name] = {
      ...{ rule, ruleSyntax: 'v2', priority: Number(priority), entryPoints: [entrypoints], service },
      ...(middlewares && { middlewares: [middlewares] }),
    };
  for (const [name, settings] of named(labels, 'middlewares'))
    http.middlewares = {
      ...http.middlewares,
      [name]: {
        forwardAuth: {
          address: settings['forwardauth.address'],
          authResponseHeaders: [settings['forwardauth.authresponseheaders']],
        },
      },
    };
  const alive = containers.filter((container) => container.state === 'running' && container.primary_ip);
  const services = named(labels, 'services');
  const unnamed: typeof services = defaults.port === undefined ? [] : [[defaults.service, { 'loadbalancer.server.port': defaults.port }]];
  for (const [name, settings] of services.length > 0 ? services : unnamed) {
    const servers = alive.map(({ primary_ip: ip }) => ({ url: `http://${ip}:${settings['loadbalancer.server.port']}` }));
    http.services[name] = { loadBalancer: { servers } };
  }
}

/**
 * Stands in for the Rancher provider of Traefik 2, the last that has one: makes of the labels in Rancher's metadata what it makes of
 * them, for Traefik 3's HTTP provider, rules in the syntax of 2.
 */
export class LabelRoutes {
  /** Where /narrative leads that has no session's route, as the labels of the front's own service say; nowhere where it is missing. */
  front: string | undefined;
  /** Whose document is handed on from now on, in place of what the labels say: another Traefik would read it by itself. */
  handedOver: { url: string; token: string } | undefined;
  /** Whose document Traefik fetches beside the labels, by the HTTP provider that 2 has too; nobody's where it is missing. */
  fetched: { url: string; token: string } | undefined;
  readonly #server: Server;

  constructor(private readonly metadataUrl: string) {
    this.#server = createServer(async (_request, response) => {
      const document = await (this.handedOver ? this.#other(this.handedOver) : this.#document()).catch(() => undefined);
      if (document === undefined) response.writeHead(503).end();
      else response.end(JSON.stringify(document));
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

  async #document(): Promise<DynamicConfig> {
    const { text } = await ask(this.metadataUrl, '/latest/stacks', { headers: { accept: 'application/json' } });
    const document: DynamicConfig = { http: { routers: {}, services: {} } };
    for (const stack of JSON.parse(text) as { services: MetadataService[] }[])
      for (const service of stack.services) addService(service, document);
    if (this.front !== undefined) {
      document.http.routers.front = { rule: 'PathPrefix(`/narrative`)', priority: 2, entryPoints: ['web'], service: 'front' };
      document.http.services.front = { loadBalancer: { servers: [{ url: this.front }] } };
    }
    if (this.fetched !== undefined) await this.#addFetched(this.fetched, document);
    return document;
  }

  /** Rules of version 2, as the whole document has them. */
  async #addFetched(from: { url: string; token: string }, { http }: DynamicConfig): Promise<void> {
    const { http: other } = ((await this.#other(from)) ?? { http: { routers: {}, services: {} } }) as DynamicConfig;
    for (const [name, router] of Object.entries(other.routers)) http.routers[name] = { ...router, ruleSyntax: 'v2' };
    Object.assign(http.services, other.services);
  }

  async #other({ url, token }: { url: string; token: string }): Promise<unknown> {
    const { origin, pathname } = new URL(url);
    const { status, text } = await ask(origin, pathname, { headers: { authorization: `Bearer ${token}` } });
    return status === 200 ? JSON.parse(text) : undefined;
  }
}
