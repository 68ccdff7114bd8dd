import { setTimeout as sleep } from 'node:timers/promises';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Caller } from '../access/caller.js';
import { TOKEN_CALLER } from '../access/caller.js';
import { refusalOf } from '../guard.js';
import { PROJECT_ID } from '../model/ids.js';
import { Api, type ApiOptions } from './api.js';
import { pageOf, wantsInterface, wantsPage } from './browser.js';
import { ApiError, errorBody, forbidden, internalError, methodNotAllowed, unauthorized } from './errors.js';
import { firstOf, originOf } from './origin.js';
import { renderRoot } from './render/surroundings.js';
import { parseBody, parseTarget } from './request.js';

interface ApiServerOptions extends ApiOptions {
  logger: Logger;
  /** Milliseconds that an answer takes at least; 0 by default. */
  answerMs?: number | undefined;
}

const MAX_BODY = 1024 * 1024;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];
/** Rancher knows no others, HEAD neither. */
const SERVED: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE']);
const JETTY_404 = '<html>\n<head>\n<title>Error 404 Not Found</title>\n</head>\n<body><h2>HTTP ERROR 404</h2>\n</body>\n</html>\n';

const rootOf = (request: FastifyRequest): string => {
  const { protocol, host } = originOf(request.headers);
  return `${protocol}://${host}`;
};

const SCOPED = new RegExp(`/projects/${PROJECT_ID}/[^/?]`);
const isScoped = (url: string): boolean => SCOPED.test(url);

const versionOf = (url: string): string => (url.startsWith('/v1') ? 'v1' : 'v2-beta');

/** The headers that the recorded answers carry; who isn't known is told nothing but where the schemas are (10-10). */
const addRancherHeaders = (request: FastifyRequest, reply: FastifyReply, caller: Caller | undefined): void => {
  const scope = isScoped(request.url) ? `/projects/${PROJECT_ID}` : '';
  reply.header('x-api-schemas', `${rootOf(request)}/${versionOf(request.url)}${scope}/schemas`);
  if (!caller) return;
  reply.headers({
    'x-api-account-id': isScoped(request.url) ? PROJECT_ID : `1a${caller.account}`,
    'x-api-user-id': `1a${caller.user}`,
    'x-api-account-kind': caller.kind,
    'x-api-account-name': caller.name,
    'x-api-client-ip': firstOf(request.headers['x-forwarded-for']) ?? request.ip,
  });
};

/** Anybody may log in, and see how; `/ping` says nothing. */
const OPEN = /^\/(?:ping|(?:v1|v2-beta)\/tokens?)\/?(?:\?|$)/;

const callerOf = (request: FastifyRequest, { access }: ApiOptions): Caller | undefined =>
  access.identify(request.headers) ?? (OPEN.test(request.url) ? TOKEN_CALLER : undefined);

const toApiError = (error: FastifyError | ApiError): ApiError => {
  if (error instanceof ApiError) return error;
  const status = error.statusCode ?? 500;
  return status < 500 ? new ApiError(status, error.code, { message: error.message }) : internalError();
};

/** Rancher's words (recording 10-10). */
const CHALLENGE = 'Basic realm="Enter API access key and secret key as username and password"';

const sendError = (error: ApiError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const isChallenged = request.headers['x-api-no-challenge']?.toString().toLowerCase() !== 'true';
  if (error.status === unauthorized().status && isChallenged) reply.header('www-authenticate', CHALLENGE);
  return reply.code(error.status).send(errorBody(error));
};

const queryOf = (url: string): URLSearchParams => new URLSearchParams(url.split('?').slice(1).join('?'));

const sendNotFound = (reply: FastifyReply): FastifyReply => reply.code(404).type('text/html').send(JETTY_404);

const addFixedRoutes = (app: FastifyInstance): void => {
  app.get('/ping', (_request, reply) => reply.type('text/plain').send('pong\n'));
  app.get('/', (request, reply) =>
    wantsInterface(request.headers) ? sendNotFound(reply) : reply.send(renderRoot('v1', `${rootOf(request)}/v1`)),
  );
  app.get('/v1', (request) => renderRoot('v1', `${rootOf(request)}/v1`));
  app.get('/v2-beta', (request) => renderRoot('v2-beta', `${rootOf(request)}/v2-beta`));
  app.setNotFoundHandler((_request, reply) => sendNotFound(reply));
};

/** Who would rather see a page gets the same as one. */
const addPages = (app: FastifyInstance): void => {
  app.addHook('onSend', async (request, reply, payload) => {
    const isJson = String(reply.getHeader('content-type') ?? '').startsWith('application/json');
    if (!isJson || typeof payload !== 'string' || !wantsPage(request.headers, queryOf(request.url))) return payload;
    reply.header('content-type', 'text/html; charset=utf-8').removeHeader('content-length');
    return pageOf(payload);
  });
};

const addGuards = (app: FastifyInstance, options: ApiServerOptions): void => {
  app.addHook('onRequest', async (request, reply) => {
    const refusal = refusalOf(request.headers);
    if (refusal !== undefined) return sendError(new ApiError(403, 'Forbidden', { message: refusal }), request, reply);
    const caller = callerOf(request, options);
    addRancherHeaders(request, reply, caller);
    return caller ? undefined : sendError(unauthorized(), request, reply);
  });
  app.setErrorHandler<FastifyError | ApiError>((error, request, reply) => {
    const known = toApiError(error);
    if (known.status >= 500 && !(error instanceof ApiError))
      options.logger.error({ err: error, method: request.method, url: request.url }, 'a request failed');
    return sendError(known, request, reply);
  });
};

/** Holds answers back that would be faster. */
const addPace = (app: FastifyInstance, { answerMs = 0 }: ApiServerOptions): void => {
  if (answerMs === 0) return;
  app.addHook('onSend', async (_request, reply) => {
    await sleep(Math.max(0, answerMs - reply.elapsedTime));
  });
};

/** The HTTP server of the v2-beta API; the caller listens. */
export const buildApiServer = (options: ApiServerOptions): FastifyInstance => {
  const app = fastify({
    bodyLimit: MAX_BODY,
    routerOptions: { ignoreTrailingSlash: true },
    exposeHeadRoutes: false,
    forceCloseConnections: true,
  });
  const api = new Api(options);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  addPace(app, options);
  addGuards(app, options);
  addPages(app);
  addFixedRoutes(app);
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const caller = callerOf(request, options);
    if (!caller) throw forbidden();
    if (!SERVED.has(request.method)) throw methodNotAllowed();
    const answer = api.answer({
      method: request.method,
      target: parseTarget(request.url.split('?')[0] ?? '', originOf(request.headers)),
      caller,
      query: queryOf(request.url),
      readBody: () => parseBody(typeof request.body === 'string' ? request.body : '', request.headers['content-type'] ?? ''),
    });
    // What is answered is on disk.
    if (request.method !== 'GET') await options.store.flushed();
    return reply.code(answer.status).send(answer.body);
  };
  for (const url of ['/v1', '/v2-beta']) app.route({ method: METHODS.filter((method) => !SERVED.has(method)), url, handler });
  app.route({ method: METHODS, url: '/v2-beta/*', handler });
  app.route({ method: METHODS, url: '/v1/*', handler });
  return app;
};
