import { z } from 'zod';

const documentSchema = z.object({
  http: z.object({
    routers: z.record(z.string(), z.object({ rule: z.string(), service: z.string() })),
    services: z.record(z.string(), z.object({ loadBalancer: z.object({ servers: z.array(z.object({ url: z.string() })) }) })),
  }),
});

/** Where requests with a session's cookie go. */
export interface LiveRoute {
  uid: string;
  secret: string;
  /** The container's address. */
  ip: string;
}

const POLL_MS = 1000;
/** From a fetched document to its routes: its throttle, and what it takes to build them. */
const TAKES_MS = 400;
const PAIR = /narrative_session=([0-9a-f]{32,64})`\)/;

/** Traefik 3: it fetches the document every second and keeps what it has where it gets none. */
export class Traefik {
  #text: string | undefined;
  #routes = new Map<string, LiveRoute>();
  #isUp = true;
  #isLoaded = false;
  /** What was fetched last: in a moment it counts. */
  #fetched: Map<string, LiveRoute> | undefined;
  /** Counts its starts: what was fetched before one is forgotten. */
  #run = 0;

  constructor(
    private readonly fetchDocument: () => string | undefined,
    /** Told of a document when it is fetched: the routes of the one before, and its own. */
    private readonly onChange: (before: ReadonlyMap<string, LiveRoute>, after: ReadonlyMap<string, LiveRoute>) => void,
    /** Told when it forgets what it had. */
    private readonly onRestart: () => void = () => undefined,
  ) {
    setInterval(() => this.#poll(), POLL_MS);
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Whether it has a document at all. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** The routes by the uid of their session. */
  get routes(): ReadonlyMap<string, LiveRoute> {
    return this.#routes;
  }

  bySecret(secret: string): LiveRoute | undefined {
    for (const route of this.#routes.values()) if (route.secret === secret) return route;
    return undefined;
  }

  /** It forgets what it had, and is back after a while. */
  restart(downMs: number): void {
    this.onRestart();
    this.#isUp = false;
    this.#isLoaded = false;
    this.#run += 1;
    this.#text = undefined;
    this.#fetched = undefined;
    this.#routes = new Map();
    setTimeout(() => {
      this.#isUp = true;
    }, downMs);
  }

  start(): void {
    this.#isUp = true;
  }

  #poll(): void {
    const text = this.#isUp ? this.fetchDocument() : undefined;
    if (text === undefined || text === this.#text) return;
    const run = this.#run;
    const routes = routesIn(text);
    if (this.#fetched) this.onChange(this.#fetched, routes);
    this.#text = text;
    this.#fetched = routes;
    setTimeout(() => run === this.#run && this.#take(routes), TAKES_MS);
  }

  #take(routes: Map<string, LiveRoute>): void {
    this.#isLoaded = true;
    this.#routes = routes;
  }
}

function routesIn(text: string): Map<string, LiveRoute> {
  const { http } = documentSchema.parse(JSON.parse(text));
  const routes = new Map<string, LiveRoute>();
  for (const { rule, service } of Object.values(http.routers)) {
    const secret = PAIR.exec(rule)?.[1];
    const url = http.services[service]?.loadBalancer.servers[0]?.url;
    if (secret !== undefined && url !== undefined) routes.set(service, { uid: service, secret, ip: new URL(url).hostname });
  }
  return routes;
}
