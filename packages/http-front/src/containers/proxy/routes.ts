import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Agent, Dispatcher } from 'undici';
import { z } from 'zod';
import { typed } from '../../api/context.js';
import { answer, problems, SIGNED_IN } from '../../api/problems.js';
import type { ContainersContext } from '../context.js';
import { idParams, tags } from '../routes/container-routes.js';
import { findContainer } from '../routes/find.js';
import { signalOf } from '../routes/gone.js';
import { type Place, placePath } from './cookies.js';
import { proxyAgent, toProxyProblem } from './forward.js';
import { type Answered, headersFor, headersFrom } from './headers.js';
import { originOfPort, pathBelow } from './target.js';
import { join, switching } from './tunnel.js';
import { type Upgrading, upgradeOf } from './upgrades.js';

const placeParams = z.strictObject({ id: idParams.shape.id, port: z.coerce.number().int().min(1).max(65_535) });

/** What our own pages say and a container's don't. */
const OUR_PAGES = ['Cache-Control', 'Content-Security-Policy', 'Cross-Origin-Opener-Policy', 'Referrer-Policy', 'X-Content-Type-Options'];

interface Asked {
  request: FastifyRequest;
  reply: FastifyReply;
  agent: Agent;
  order: Dispatcher.RequestOptions & { origin: string };
  answered: Answered;
  stopping: AbortSignal;
}

const hasBody = ({ headers }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

async function pass({ request, reply, agent, order, answered }: Asked): Promise<FastifyReply> {
  const body = hasBody(request) ? request.raw : null;
  const { statusCode, headers, body: content } = await agent.request({ ...order, body });
  for (const name of OUR_PAGES) reply.removeHeader(name);
  reply.code(statusCode).headers(headersFrom(headers as IncomingHttpHeaders, answered));
  // What is left of the request's body is nobody's to read.
  if (body !== null && !request.raw.complete) reply.header('connection', 'close');
  return reply.send(content);
}

/** Gives both the connection, once the container has said that it takes it. */
async function passConnection({ reply, agent, order, answered, stopping }: Asked, { socket, head, response }: Upgrading): Promise<void> {
  const { headers, socket: inside } = await agent.upgrade({ ...order, method: 'GET', protocol: 'websocket' });
  reply.hijack();
  response.detachSocket(socket);
  const { 'content-security-policy': _, ...kept } = headersFrom(headers as IncomingHttpHeaders, answered);
  socket.write(switching({ ...kept, connection: 'Upgrade', upgrade: 'websocket' }));
  if (head.length > 0) inside.write(head);
  join(socket, inside, stopping);
}

async function forward(request: FastifyRequest, reply: FastifyReply, place: Place, { context, agent }: Parts): Promise<unknown> {
  const session = await findContainer(request, place.id, context);
  const origin = originOfPort(session, place.port);
  const { host, ip, protocol, headers, method, raw } = request;
  const asked: Asked = {
    request,
    reply,
    agent,
    order: {
      origin,
      path: pathBelow(raw.url ?? ''),
      method: method as Dispatcher.HttpMethod,
      headers: headersFor(place, headers, { ip, protocol, host }),
      signal: signalOf(reply, context.stopping),
    },
    answered: { place, hosts: [host, new URL(origin).host], isOwner: session.spec.owner.name === request.access.user },
    stopping: context.stopping,
  };
  const upgrading = upgradeOf(raw);
  try {
    return upgrading ? await passConnection(asked, upgrading) : await pass(asked);
  } catch (error) {
    throw toProxyProblem(error, place.port);
  }
}

interface Parts {
  context: ContainersContext;
  agent: Agent;
}

const described = {
  operationId: 'askContainerPort',
  tags,
  summary: 'Asks what listens at a port that the container exposes, with any method, and with websockets.',
  description:
    'Only ports of the container’s `ports`. No credentials of yours are passed on; cookies that it sets are kept for this port of it alone. `X-Forwarded-Prefix` tells it where it is.',
  params: z.strictObject({ ...placeParams.shape, '*': z.string().describe('The path in the container.') }),
  response: { 200: answer('What it answers.', z.any(), '*/*'), ...problems(...SIGNED_IN, 404, 409, 502, 504) },
};

const placeIn = ({ params }: FastifyRequest): unknown => {
  const { id, port } = params as Record<string, unknown>;
  return { id, port };
};

/** The ports of containers, for those who may see them. Bodies are passed on as they come, whatever they are. */
export const proxyRoutes =
  (context: ContainersContext) =>
  async (scope: FastifyInstance): Promise<void> => {
    const agent = proxyAgent();
    const parts = { context, agent };
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.addHook('onClose', () => agent.destroy());
    const routes = typed(scope);
    const url = '/container/:id/proxy/:port/*';
    const others = scope.supportedMethods.filter((method) => method !== 'GET');
    const handler = (request: FastifyRequest, reply: FastifyReply) => forward(request, reply, placeParams.parse(placeIn(request)), parts);
    routes.route({ method: 'GET', url, schema: described, handler, exposeHeadRoute: false });
    routes.route({ method: others, url, schema: { params: described.params, hide: true }, handler, exposeHeadRoute: false });
    routes.route({
      method: [...scope.supportedMethods],
      url: '/container/:id/proxy/:port',
      schema: { params: placeParams, hide: true },
      handler: async ({ params, raw }, reply) => {
        const query = /\?.*$/.exec(raw.url ?? '')?.[0] ?? '';
        return reply.redirect(`${placePath(params)}${query}`, 308);
      },
      exposeHeadRoute: false,
    });
  };
