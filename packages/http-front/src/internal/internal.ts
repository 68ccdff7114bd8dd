import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import { admitOperators } from '../api/access.js';
import type { ApiFront } from '../api/context.js';
import type { ApiParts } from '../api/parts.js';
import { API_PREFIX, apiRoutes } from '../api/routes.js';
import { type Audit, auditLogger, createAudit } from '../audit/audit.js';
import type { ContainersOptions } from '../containers/options.js';
import { CONTAINERS_PREFIX, containerViews } from '../containers/routes.js';
import { internalDashboard } from '../dashboard/routes.js';
import { createApp } from '../http/app.js';
import { sameSecret } from '../http/constant-time.js';
import { Problem } from '../http/problem.js';

export interface Readiness {
  ok: boolean;
  /** What readiness consists of, and how each part is. */
  checks: Record<string, { ok: boolean; message?: string }>;
}

export interface InternalOptions {
  registry: Registry;
  ready: () => Readiness;
  /** Traefik's dynamic configuration as JSON; undefined until the desired state is loaded. */
  routeDocument: () => string | undefined;
  /** The bearer token that Traefik must show: the document holds every session's cookie. */
  routeToken: string;
  /** Why a session is in the state that it is in, as JSON; undefined where there is none of this name. /explain/ is there where it is given. */
  explain?: (session: string) => Promise<unknown>;
  /** The API with everybody's sessions and the dashboard, for who is on this machine; where it is given, others must not be able to connect. */
  operators?: { front: ApiFront; parts: ApiParts; containers?: ContainersOptions | undefined };
  logger: Logger;
}

function wrongToken(): Problem {
  return new Problem({
    status: 401,
    code: 'wrong-token',
    title: 'Unauthorized',
    detail: 'The header Authorization must hold "Bearer " and the route token. Give it to Traefik as providers.http.headers.',
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

function checkToken(request: FastifyRequest, token: string): void {
  if (!sameSecret(request.headers.authorization ?? '', `Bearer ${token}`)) throw wrongToken();
}

function unknownSession(name: string): Problem {
  return new Problem({
    status: 404,
    code: 'unknown-session',
    title: 'Not Found',
    detail: `There is no session ${JSON.stringify(name)}. Its name is that of its service, such as narrative-alice-522b27.`,
  });
}

type Named = FastifyRequest<{ Params: { session: string } }>;

function addExplain(app: FastifyInstance, explain: NonNullable<InternalOptions['explain']>): void {
  app.get('/explain/:session', async (request: Named, reply) => {
    const { session } = request.params;
    const explanation = await explain(session);
    if (explanation === undefined) throw unknownSession(session);
    return reply.send(explanation);
  });
}

async function addOperators(app: FastifyInstance, operators: NonNullable<InternalOptions['operators']>, audit: Audit): Promise<void> {
  const { front, parts, containers } = operators;
  const gate = { admit: admitOperators, local: true };
  await app.register(apiRoutes({ front, parts, gate, audit }), { prefix: API_PREFIX });
  if (containers) await app.register(containerViews({ front, options: containers, gate, audit }), { prefix: CONTAINERS_PREFIX });
  await app.register(internalDashboard(admitOperators));
}

/** The listener that people must not reach: metrics, health, the routes for Traefik, and why sessions are as they are. */
export async function buildInternal(options: InternalOptions): Promise<FastifyInstance> {
  if (options.routeToken.length < 16) throw new RangeError('routeToken must have at least 16 characters.');
  const app = await createApp({ logger: options.logger });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const { ok, checks } = options.ready();
    return reply.code(ok ? 200 : 503).send({ status: ok ? 'ready' : 'not ready', checks });
  });
  app.get('/metrics', async (_request, reply) => reply.type(options.registry.contentType).send(await options.registry.metrics()));
  const fetched = new Gauge({
    name: 'mooring_routes_fetched_timestamp_seconds',
    help: 'When the document of routes was last fetched, in seconds since the epoch; 0: never since the start.',
    registers: [options.registry],
  });
  app.get('/traefik/config', async (request, reply) => {
    checkToken(request, options.routeToken);
    const document = options.routeDocument();
    if (document === undefined) throw notLoaded();
    fetched.setToCurrentTime();
    return reply.type('application/json; charset=utf-8').send(document);
  });
  if (options.explain !== undefined) addExplain(app, options.explain);
  if (options.operators !== undefined) await addOperators(app, options.operators, createAudit(auditLogger(options.logger)));
  return app;
}
