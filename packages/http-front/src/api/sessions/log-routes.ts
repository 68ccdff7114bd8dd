import type { Session } from '@mooring/resources';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem } from '../../http/problem.js';
import type { ApiContext, ApiScope } from '../context.js';
import { answer, problems, SIGNED_IN } from '../problems.js';
import { namedSchema } from '../schemas/common.js';
import { findSession, noSession } from './find.js';

const querySchema = z.strictObject({
  tailLines: z.coerce.number().int().min(1).max(1000).default(100).describe('How many lines, from the end.'),
});

function noContainer(name: string): Problem {
  const detail = `The session ${name} has no container at this moment, so there is no log of one. Start it, or wait until it has one.`;
  return new Problem({ status: 404, code: 'no-container', title: 'Not Found', detail });
}

function unavailable(why: string): Problem {
  return new Problem({
    status: 503,
    code: 'log-unavailable',
    title: 'Service Unavailable',
    detail: "The log can't be read at this moment, since Rancher does not give it. The session itself may be well. Try again in a moment.",
    retryAfter: 5,
    cause: new Error(why),
  });
}

/** What somebody does in their notebook may show in its log. */
function noteReading(request: FastifyRequest, { metadata, spec }: Session, { auditReads }: ApiContext): void {
  const { user } = request.access;
  const whose = spec.owner.name;
  if (whose !== user) auditReads(request, { action: 'session.log', who: user, whose, session: metadata.name, outcome: 'done' });
}

/** Only the log is asked of Rancher on a request's path, and it has a deadline. */
export function addLog(scope: ApiScope, context: ApiContext): void {
  const schema = {
    operationId: 'readSessionLog',
    tags: ['sessions'],
    summary: 'The last lines that a session’s container wrote.',
    params: namedSchema,
    querystring: querySchema,
    response: { 200: answer('A line each.', z.string(), 'text/plain'), ...problems(...SIGNED_IN, 404) },
  };
  scope.get('/sessions/:name/log', { schema }, async (request, reply) => {
    const session = await findSession(request.params.name, request.access, context);
    const { name } = session.metadata;
    noteReading(request, session, context);
    const tail = await context.parts.tail(name, request.query.tailLines);
    if (tail === undefined) throw noSession(name);
    if (tail.kind === 'none') throw noContainer(name);
    if (tail.kind === 'unavailable') throw unavailable(tail.why);
    return reply.type('text/plain; charset=utf-8').send(tail.lines.map((line) => `${line}\n`).join(''));
  });
}
