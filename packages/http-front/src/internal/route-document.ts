import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Gauge, type Registry } from 'prom-client';
import { sameSecret } from '../http/constant-time.js';
import { preferredWait } from '../http/prefer.js';
import { Problem } from '../http/problem.js';

export interface RouteDocumentOptions {
  registry: Registry;
  /** Traefik's dynamic configuration as JSON; undefined until the desired state is loaded. */
  routeDocument: () => string | undefined;
  /** Calls when the document may have become another. Where it is missing, nobody is held: who asks gets what there is. */
  onRoutesChanged?: ((listener: () => void) => void) | undefined;
  /** Called before a new connection is answered: it may be another Traefik's, which understands another document. */
  knowReader?: (() => Promise<void>) | undefined;
  /** The bearer token that Traefik must show: the document holds every session's cookie. */
  routeToken: string;
}

/** One connection's answers are so far apart at the least, in ms, however often the document changes: each costs Traefik a new set of routers. */
const APART_MS = 100;
/** Traefik gives up after five seconds by itself (pollTimeout), and then asks seldom. */
const MOST_MS = 4_000;

function wrongToken(): Problem {
  return new Problem({
    status: 401,
    code: 'wrong-token',
    title: 'Unauthorized',
    detail:
      'The header Authorization must hold "Bearer " and the route token. Give it to Traefik 3 as providers.http.headers, and to Traefik 2 as the password in providers.http.endpoint.',
  });
}

function notLoaded(): Problem {
  return new Problem({
    status: 503,
    code: 'routes-not-loaded',
    title: 'Service Unavailable',
    // A 200 with an empty document would make Traefik drop every route.
    detail: 'The routes are not loaded yet. Ask again; Traefik keeps the routes that it has.',
    retryAfter: 1,
  });
}

/** Traefik 2 sends no headers of one's own; what it knows is http://user:password@host (its HTTP client makes Basic of that). */
function shownToken(authorization = ''): string {
  const [scheme = '', value = ''] = authorization.split(' ', 2);
  if (scheme.toLowerCase() !== 'basic') return scheme === 'Bearer' ? value : '';
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

function checkToken(request: FastifyRequest, token: string): void {
  if (!sameSecret(shownToken(request.headers.authorization), token)) throw wrongToken();
}

/** What a connection was answered last. */
interface Given {
  change: number;
  /** By performance.now(). */
  at: number;
}

/**
 * Holds whoever has the newest document until there is another: so a change is at Traefik at once, and one who polls costs next to nothing
 * meanwhile. Who has it is told by their connection, since Traefik says nothing of what it has; a new connection is answered at once.
 */
class Holder {
  readonly #given = new WeakMap<Socket, Given>();
  /** Who waits for a change. */
  readonly #held = new Set<() => void>();
  /** Who has waited for one, and comes too soon after the last. */
  readonly #paced = new Set<() => void>();
  #change = 0;
  #closed = false;

  changed(): void {
    this.#change += 1;
    wake(this.#held);
  }

  close(): void {
    this.#closed = true;
    wake(this.#held);
    wake(this.#paced);
  }

  /** Whether the connection was ever answered. */
  knows(socket: Socket): boolean {
    return this.#given.has(socket);
  }

  /** Resolves when the connection is to be answered, after `ms` at most. */
  async hold(socket: Socket, ms: number): Promise<void> {
    const given = this.#given.get(socket);
    if (given === undefined) return;
    const endsAt = performance.now() + ms;
    if (given.change === this.#change) await this.#sleep(ms, this.#held);
    await this.#sleep(Math.min(endsAt, given.at + APART_MS) - performance.now(), this.#paced);
  }

  /** Notes what is answered now. */
  gives(socket: Socket): void {
    this.#given.set(socket, { change: this.#change, at: performance.now() });
  }

  #sleep(ms: number, sleepers: Set<() => void>): Promise<void> {
    if (ms <= 0 || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        sleepers.delete(end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      sleepers.add(end);
    });
  }
}

const wake = (sleepers: ReadonlySet<() => void>): void => {
  for (const end of [...sleepers]) end();
};

/** The routes for Traefik's HTTP provider. `Prefer: wait=n` holds who has them already for n seconds, or until they are others. */
export function addRouteDocument(app: FastifyInstance, options: RouteDocumentOptions): void {
  const fetched = new Gauge({
    name: 'mooring_routes_fetched_timestamp_seconds',
    help: 'When the document of routes was last fetched, in seconds since the epoch; 0: never since the start.',
    registers: [options.registry],
  });
  const holder = new Holder();
  options.onRoutesChanged?.(() => holder.changed());
  app.addHook('preClose', async () => holder.close());
  app.get('/traefik/config', async (request, reply) => {
    checkToken(request, options.routeToken);
    const { socket } = request.raw;
    if (!holder.knows(socket)) await options.knowReader?.();
    const seconds = options.onRoutesChanged && preferredWait(request.headers.prefer);
    if (seconds !== undefined) await holder.hold(socket, Math.min(MOST_MS, seconds * 1000));
    // What nobody gets is not served.
    if (socket.destroyed) return reply.hijack();
    const document = options.routeDocument();
    if (document === undefined) throw notLoaded();
    fetched.setToCurrentTime();
    holder.gives(socket);
    return reply.type('application/json; charset=utf-8').send(document);
  });
}
