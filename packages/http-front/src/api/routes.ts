import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import { auditSeldom } from '../audit/audit.js';
import { Problem } from '../http/problem.js';
import { admitChange } from './access.js';
import { validatorCompiler } from './bad-input.js';
import { takeJson } from './body.js';
import { type ApiContext, typed } from './context.js';
import { refuseOtherMethods } from './methods.js';
import { swaggerOptions } from './openapi/description.js';
import { addReader } from './openapi/reader.js';
import { addOthers } from './other-routes.js';
import { addPools } from './pool-routes.js';
import { addLog } from './sessions/log-routes.js';
import { addSessionReads } from './sessions/read-routes.js';
import { addSessionWrites } from './sessions/write-routes.js';
import { addStatistics } from './statistics/routes.js';
import { addWatch } from './watch/routes.js';

/** Below which everything of the API is. */
export const API_PREFIX = '/api/v1';

/** How often the audit tells that an administrator goes on reading, and of how many it knows that. */
const READS = { everyMs: 3_600_000, capacity: 1_000 };

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Nobody gets to a route's handler, nor has a body read, who isn't let in. */
function guard(scope: FastifyInstance, { gate }: ApiContext): void {
  scope.decorateRequest('access');
  scope.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.open === true) return;
    request.access = SAFE.has(request.method) ? await gate.admit(request) : await admitChange(request, gate);
  });
  scope.addHook('onSend', async (_request, reply) => {
    if (reply.statusCode === 401) reply.header('WWW-Authenticate', 'Bearer');
  });
}

function nothingHere(): Problem {
  return new Problem({
    status: 404,
    code: 'not-found',
    title: 'Not Found',
    detail: `The API has nothing at this address. ${API_PREFIX}/openapi.json describes what it has.`,
  });
}

/** Everything under /api/v1; what is checked, answered and described follows from the same schemas. */
export function apiRoutes(given: Omit<ApiContext, 'auditReads'>) {
  const { front, parts, audit } = given;
  const context = { ...given, auditReads: auditSeldom(audit, { ...READS, now: front.now }) };
  return async (plain: FastifyInstance): Promise<void> => {
    plain.setValidatorCompiler(validatorCompiler as never);
    plain.setSerializerCompiler(serializerCompiler as never);
    await plain.register(swagger, swaggerOptions(front.about?.version ?? '0.0.0', front.settings.kbaseCookie));
    takeJson(plain);
    guard(plain, context);
    const refuseOthers = refuseOtherMethods(plain);
    plain.addHook('onRoute', (route) => {
      route.config = { door: 'api', ...route.config };
    });
    const scope = typed(plain);
    addSessionReads(scope, context);
    addLog(scope, context);
    addSessionWrites(scope, context);
    addWatch(scope, context);
    addStatistics(scope, context);
    addPools(scope, context);
    addOthers(scope, context);
    plain.get('/openapi.json', { schema: { hide: true }, config: { open: true } }, async () => plain.swagger());
    addReader(plain);
    plain.setNotFoundHandler((request) => {
      request.door = 'api';
      throw nothingHere();
    });
    refuseOthers();
    plain.addHook('preClose', async () => parts.hub.close());
    plain.addHook('onClose', () => parts.statistics.close());
  };
}
