import { randomBytes } from 'node:crypto';
import { METHODS } from 'node:http';
import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Logger } from 'pino';
import type { AnyRequest } from './any-request.js';
import { answerClientError, type ParserError } from './client-error.js';
import { drain } from './drain.js';
import { type AnswerEarly, answerEarly } from './early.js';
import { notFound, toProblem } from './errors.js';
import { commonHeaders } from './headers.js';
import type { Html } from './html.js';
import { HTTP_LIMITS, type HttpLimits, headersProblem } from './limits.js';
import type { Door, RequestMetrics } from './metrics.js';
import { wantsPage } from './navigation.js';
import { inNetworks } from './networks.js';
import { PROBLEM_TYPE, type Problem, problemJson } from './problem.js';
import { requestLogger } from './request-logger.js';
import { urlProblem } from './url.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    door?: Door;
    /** Its requests are not counted against anybody's rate. */
    unlimited?: boolean;
  }
  interface FastifyInstance {
    /** Lets this have each request first; it may be said once, before the instance listens. */
    answerEarly: (answer: AnswerEarly) => void;
  }
  interface FastifyRequest {
    /** The entrance under which the request is counted. */
    door: Door;
    /** It isn't counted against anybody's rate. */
    unlimited: boolean;
  }
}

export interface AppOptions {
  logger: Logger;
  /** Addresses and networks whose X-Forwarded-* headers are believed. */
  trustedProxies?: string[];
  metrics?: RequestMetrics;
  /** Others than the usual ones. */
  limits?: Partial<HttpLimits>;
  /** Shows a problem to somebody who looks at it; without it every problem is JSON. */
  problemPage?: (problem: Problem) => Html;
}

const MAX_LOGGED_PATH = 256;

/** Entrances that are come through too often to be told of each time. */
const QUIET: ReadonlySet<Door> = new Set(['background', 'verify', 'assets', 'other']);

/** A path for the log: what follows `?` may be anything, a token too. */
function pathOf(url: string): string {
  const end = url.indexOf('?');
  return url.slice(0, end < 0 ? MAX_LOGGED_PATH : Math.min(end, MAX_LOGGED_PATH));
}

/** Fastify's own log lines say no more of a request and an answer than this. */
const serializers = {
  req: (request: FastifyRequest) => ({ method: request.method, path: pathOf(request.url) }),
  res: (reply: FastifyReply) => ({ status: reply.statusCode }),
};

interface Answered {
  status: number;
  /** From the request's arrival to the end of its answer. */
  ms: number;
}

type Tell = (request: AnyRequest, answered: Answered) => void;

/** Counts an answer, and writes its line. */
function teller({ metrics, logger }: Pick<AppOptions, 'metrics' | 'logger'>): Tell {
  // What is in every line of a door is put into words once.
  const doors = new Map<Door, Logger>();
  const loggerOf = (door: Door): Logger => {
    const known = doors.get(door);
    if (known !== undefined) return known;
    const made = logger.child({ door });
    doors.set(door, made);
    return made;
  };
  return ({ id, raw: { method, url = '' }, door }, { status, ms }) => {
    metrics?.observe(door, status, ms / 1000);
    const level = QUIET.has(door) ? 'debug' : 'info';
    if (logger.isLevelEnabled(level)) {
      loggerOf(door)[level]({ reqId: id, method, path: pathOf(url), status, ms: Math.round(ms) }, 'answered');
    }
  };
}

function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem, options: AppOptions): void {
  reply.code(problem.status);
  if (problem.retryAfter !== undefined) reply.header('Retry-After', problem.retryAfter);
  if (options.problemPage !== undefined && request.door !== 'background' && request.door !== 'api' && wantsPage(request.headers)) {
    reply.type('text/html; charset=utf-8').send(options.problemPage(problem).text);
  } else {
    reply.type(PROBLEM_TYPE).send(problemJson(problem, request.id));
  }
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, options: AppOptions): void {
  const problem = toProblem(error, request);
  if (problem.cause !== undefined) request.log.warn({ err: problem.cause, code: problem.code }, 'request failed');
  sendProblem(request, reply, problem, options);
}

/** A body that Fastify refuses unread would meet a closed connection, and a proxy before us say 502 instead of what we say. */
const isRefusedUnread = (error: unknown) =>
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'FST_ERR_CTP_INVALID_MEDIA_TYPE'].includes(String((error as { code?: unknown }).code));

/** Errors that Fastify finds before there is a route: no hook has run for them. */
function answerFrameworkError(error: unknown, request: FastifyRequest, reply: FastifyReply, options: AppOptions): void {
  request.door = 'other';
  reply.headers(commonHeaders(request)).header('X-Request-Id', request.id);
  answerError(error, request, reply, options);
  options.metrics?.observe('other', reply.statusCode, reply.elapsedTime / 1000);
}

function addHooks(app: FastifyInstance, options: AppOptions, tell: Tell): void {
  const { headerCount } = limitsOf(options);
  // With callbacks: a promise for each hook of each request is what the whole would cost most by.
  app.addHook('onRequest', (request, reply, done) => {
    // Once: Fastify makes its route's options anew each time.
    const { config } = request.routeOptions;
    request.door = config.door ?? 'other';
    request.unlimited = config.unlimited === true;
    reply.headers(commonHeaders(request)).header('X-Request-Id', request.id);
    done(urlProblem(request.raw.url ?? '') ?? headersProblem(request.raw, headerCount));
  });
  app.addHook('onResponse', (request, reply, done) => {
    tell(request, { status: reply.statusCode, ms: reply.elapsedTime });
    done();
  });
}

const limitsOf = ({ limits }: AppOptions): HttpLimits => ({ ...HTTP_LIMITS, ...limits });

/** Ids that no other process has given, at the price of a number. */
function requestIds(): () => string {
  const process = randomBytes(5).toString('hex');
  let count = 0;
  return () => `${process}-${(count++).toString(36)}`;
}

const trustOf = ({ trustedProxies }: AppOptions) => (trustedProxies === undefined ? undefined : inNetworks(trustedProxies));

function newInstance(options: AppOptions, newId: () => string): FastifyInstance {
  const limits = limitsOf(options);
  return Fastify({
    loggerInstance: options.logger.child({}, { serializers }) as FastifyBaseLogger,
    genReqId: newId,
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: requestLogger,
    trustProxy: trustOf(options) ?? false,
    keepAliveTimeout: limits.keepAliveMs,
    requestTimeout: limits.requestTimeoutMs,
    bodyLimit: limits.bodyBytes,
    return503OnClosing: false,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.checkIntervalMs,
      requireHostHeader: false,
    },
    clientErrorHandler: (error, socket) => {
      const status = answerClientError(error as unknown as ParserError, socket as Socket);
      if (status !== undefined) options.metrics?.refused(status);
    },
    frameworkErrors: (error, request, reply) => answerFrameworkError(error, request as FastifyRequest, reply as FastifyReply, options),
  });
}

/** A Fastify with what both listeners share: limits, headers, problems, quiet logs. It takes no bodies until a scope adds a parser. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const newId = requestIds();
  const app = newInstance(options, newId);
  app.server.maxConnections = limitsOf(options).connections;
  app.server.on('drop', () => options.metrics?.dropped());
  app.removeAllContentTypeParsers();
  app.decorateRequest('door', 'other');
  app.decorateRequest('unlimited', false);
  const tell = teller(options);
  addHooks(app, options, tell);
  app.setErrorHandler(async (error, request, reply) => {
    if (isRefusedUnread(error) && !(await drain(request.raw))) reply.header('Connection', 'close');
    answerError(error, request, reply, options);
    return reply;
  });
  // A route for every method is one for those, too, that Fastify doesn't know by itself (PROPFIND, MKCOL, ...).
  for (const method of METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method, { hasBody: true });
  app.setNotFoundHandler(() => {
    throw notFound();
  });
  app.decorate('answerEarly', (answer: AnswerEarly) =>
    answerEarly(app, answer, {
      newId,
      isProxy: trustOf(options) ?? (() => false),
      answered: (request, { statusCode: status }) => tell(request, { status, ms: performance.now() - request.startedAt }),
    }),
  );
  // Most requests are answered without a look at their cookies, or with a look at one (cookieOf).
  await app.register(cookie, { hook: false });
  return app;
}
