import swagger from '@fastify/swagger';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { serializerCompiler } from 'fastify-type-provider-zod';
import { admitChange, type Gate } from '../api/access.js';
import { validatorCompiler } from '../api/bad-input.js';
import { takeJson } from '../api/body.js';
import { type ApiScope, typed } from '../api/context.js';
import { refuseOtherMethods } from '../api/methods.js';
import { swaggerOptions } from '../api/openapi/description.js';
import { type Audit, auditSeldom } from '../audit/audit.js';
import { named } from '../http/named.js';
import { Problem } from '../http/problem.js';
import type { RateLimits } from '../limits/rate.js';
import type { FrontOptions } from '../options.js';
import { admitContainers } from './auth/admit.js';
import { addSignIn } from './auth/routes.js';
import { Tokens } from './auth/tokens.js';
import type { ContainersContext, ViewContext } from './context.js';
import { Keeper } from './deliver/keeper.js';
import { AddressGuard } from './fetch/guard.js';
import { JobFiles } from './jobs/job-files.js';
import type { ContainersOptions } from './options.js';
import { proxyRoutes } from './proxy/routes.js';
import { routeWebsockets, upgradeOf } from './proxy/upgrades.js';
import { addContainers } from './routes/container-routes.js';
import { addContainerFiles } from './routes/file-routes.js';
import { addMetrics } from './routes/metrics-routes.js';
import { takeForms } from './routes/multipart.js';
import { addOutput } from './routes/output-routes.js';
import { addState } from './routes/state-routes.js';
import { UsageSeries } from './usage.js';

/** Below which everything of the container API is. */
export const CONTAINERS_PREFIX = '/v1';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** How often the audit tells that an administrator goes on reading, and of how many it knows that. */
const READS = { everyMs: 3_600_000, capacity: 1_000 };

function nothingHere(): Problem {
  const detail = `There is nothing at this address. ${CONTAINERS_PREFIX}/openapi.json describes what there is.`;
  return new Problem({ status: 404, code: 'not-found', title: 'Not Found', detail });
}

interface GivenToView {
  front: ViewContext['front'];
  options: ContainersOptions;
  /** How the site knows people. */
  gate: Gate;
  audit: Audit;
}

interface Given extends GivenToView {
  front: FrontOptions;
  limits: RateLimits;
}

function viewContextOf({ front, options, gate, audit }: GivenToView, stopping: AbortSignal): ViewContext {
  return {
    front,
    options,
    jobs: new JobFiles(options.folder),
    usage: new UsageSeries(options.watchUsage, front.now),
    gate,
    audit: auditSeldom(audit, { ...READS, now: front.now }),
    stopping,
  };
}

function contextOf(given: Given, stopping: AbortSignal): ContainersContext {
  const { front, options, gate, limits } = given;
  const tokens = new Tokens(options.key, front.now);
  const admitted = { ...given, gate: { ...gate, admit: admitContainers(tokens, gate.admit) } };
  return { ...viewContextOf(admitted, stopping), tokens, guard: new AddressGuard(options.fetchFrom), limits, waits: new Map() };
}

function keep({ front, options, jobs, guard, waits }: ContainersContext, { logger }: FrontOptions): Keeper {
  const parts = { files: options.files, jobs, guard, limits: options.limits };
  return new Keeper({ ...front, jobs, parts, waits, logger: logger.child({ component: 'containers' }) });
}

function guardRoutes(scope: FastifyInstance, { gate }: ViewContext): void {
  scope.decorateRequest('access');
  scope.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.open === true) return;
    // A page of another site may open a websocket here, and no browser keeps it from reading what comes.
    const isSafe = SAFE.has(request.method) && upgradeOf(request.raw) === undefined;
    request.access = isSafe ? await gate.admit(request) : await admitChange(request, gate);
  });
  scope.addHook('onSend', async (_request, reply) => {
    if (reply.statusCode === 401) reply.header('WWW-Authenticate', 'Bearer');
  });
}

/** `/container` is `/container/`: clients write either. The other form is not described. */
function addOtherForms(scope: FastifyInstance): void {
  scope.addHook('onRoute', (route: RouteOptions & { prefix?: string }) => {
    route.config = { door: 'containers', ...route.config };
    const { url, method } = route;
    // Each form of a GET gets a HEAD of its own.
    if (method === 'HEAD') return;
    if (!url.startsWith(`${scope.prefix}/container`) || url.endsWith('*') || (route.schema as { hide?: boolean } | undefined)?.hide) return;
    const other = url.endsWith('/') ? url.slice(0, -1) : `${url}/`;
    scope.route({ ...route, url: other.slice(scope.prefix.length), schema: { ...route.schema, hide: true } as RouteOptions['schema'] });
  });
}

function addViews(scope: ApiScope, context: ViewContext): void {
  addState(scope, context);
  addOutput(scope, context);
  addMetrics(scope, context);
  addContainerFiles(scope, context);
}

/** Only what looks at containers, for a listener whose people see all of them. */
export function containerViews(given: GivenToView) {
  return async (plain: FastifyInstance): Promise<void> => {
    const stopping = new AbortController();
    const context = viewContextOf(given, stopping.signal);
    plain.setValidatorCompiler(validatorCompiler as never);
    plain.setSerializerCompiler(serializerCompiler as never);
    guardRoutes(plain, context);
    plain.addHook('onRoute', (route) => {
      route.config = { door: 'containers', ...route.config };
    });
    addViews(typed(plain), context);
    plain.addHook('preClose', async () => {
      stopping.abort();
      context.usage.close();
    });
  };
}

/** Everything under /v1; what is checked, answered and described follows from the same schemas. */
export function containerRoutes(given: Given) {
  return async (plain: FastifyInstance): Promise<void> => {
    const stopping = new AbortController();
    const context = contextOf(given, stopping.signal);
    const keeper = keep(context, given.front);
    const { front } = given;
    plain.setValidatorCompiler(validatorCompiler as never);
    plain.setSerializerCompiler(serializerCompiler as never);
    await plain.register(swagger, swaggerOptions(front.about?.version ?? '0.0.0', front.settings.kbaseCookie));
    takeJson(plain);
    await takeForms(plain, context.options.limits.scriptBytes);
    guardRoutes(plain, context);
    const refuseOthers = refuseOtherMethods(plain);
    addOtherForms(plain);
    const scope = typed(plain);
    addSignIn(scope, context);
    addContainers(scope, context);
    addViews(scope, context);
    plain.get('/openapi.json', { schema: { hide: true }, config: { open: true } }, async () => plain.swagger());
    plain.setNotFoundHandler((request) => {
      request.door = 'containers';
      throw nothingHere();
    });
    refuseOthers();
    routeWebsockets(plain);
    await plain.register(named('proxy-routes', proxyRoutes(context)));
    await keeper.start();
    plain.addHook('preClose', async () => {
      stopping.abort();
      context.usage.close();
    });
    plain.addHook('onClose', () => keeper.close());
  };
}
