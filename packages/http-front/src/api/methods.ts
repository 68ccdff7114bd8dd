import type { FastifyInstance, FastifyReply, RouteOptions } from 'fastify';
import { Problem } from '../http/problem.js';

/** Notes which methods each address gets, from now on. Call what is answered when all are there: the others are refused, with those named. */
export function refuseOtherMethods(scope: FastifyInstance): () => void {
  const known = new Map<string, Set<string>>();
  scope.addHook('onRoute', ({ url, method }: RouteOptions) => {
    known.set(url, new Set([...(known.get(url) ?? []), ...[method].flat()]));
  });
  return () => {
    for (const [url, methods] of [...known]) refuse(scope, url.slice(scope.prefix.length), methods);
  };
}

function refuse(scope: FastifyInstance, url: string, methods: ReadonlySet<string>): void {
  const allow = [...methods].sort().join(', ');
  // Before Fastify looks for a body: QUERY must have one, and would be refused without.
  const onRequest = async (_request: unknown, reply: FastifyReply) => {
    reply.header('Allow', allow);
    throw new Problem({
      status: 405,
      code: 'no-such-method',
      title: 'Method Not Allowed',
      detail: `This address has no such method. It has ${allow}.`,
    });
  };
  const others = scope.supportedMethods.filter((method) => !methods.has(method));
  const handler = async () => undefined;
  scope.route({ url, method: others, schema: { hide: true }, config: { open: true }, onRequest, handler, exposeHeadRoute: false });
}
