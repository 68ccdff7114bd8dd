import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { admitOperators } from '../api/access.js';
import type { ApiFront } from '../api/context.js';
import type { ApiParts } from '../api/parts.js';
import { API_PREFIX, apiRoutes } from '../api/routes.js';
import { type Audit, auditLogger, createAudit } from '../audit/audit.js';
import type { ContainersOptions } from '../containers/options.js';
import { CONTAINERS_PREFIX, containerViews } from '../containers/routes.js';
import { internalDashboard } from '../dashboard/routes.js';
import { createApp } from '../http/app.js';
import { named } from '../http/named.js';
import { Problem } from '../http/problem.js';
import { addRouteDocument, type RouteDocumentOptions } from './route-document.js';

export interface Readiness {
  ok: boolean;
  /** What readiness consists of, and how each part is. */
  checks: Record<string, { ok: boolean; message?: string }>;
}

export interface InternalOptions extends RouteDocumentOptions {
  ready: () => Readiness;
  /** Why a session is in the state that it is in, as JSON; undefined where there is none of this name. /explain/ is there where it is given. */
  explain?: (session: string) => Promise<unknown>;
  /** The API with everybody's sessions and the dashboard, for who is on this machine; where it is given, others must not be able to connect. */
  operators?: { front: ApiFront; parts: ApiParts; containers?: ContainersOptions | undefined };
  logger: Logger;
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
  await app.register(named('api-routes', apiRoutes({ front, parts, gate, audit })), { prefix: API_PREFIX });
  if (containers)
    await app.register(named('container-views', containerViews({ front, options: containers, gate, audit })), {
      prefix: CONTAINERS_PREFIX,
    });
  await app.register(named('internal-dashboard', internalDashboard(admitOperators)));
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
  addRouteDocument(app, options);
  if (options.explain !== undefined) addExplain(app, options.explain);
  if (options.operators !== undefined) await addOperators(app, options.operators, createAudit(auditLogger(options.logger)));
  return app;
}
