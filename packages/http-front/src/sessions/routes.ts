import type { Session } from '@mooring/resources';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { commonHeaders } from '../http/headers.js';
import { Problem } from '../http/problem.js';
import type { EventHub } from './event-hub.js';
import { type Named, type OwnSessionOptions, ownSession } from './own-session.js';
import type { StartLine } from './start-line.js';
import { type SessionView, viewOf } from './status.js';

export interface SessionRoutesOptions extends OwnSessionOptions {
  hub: EventHub;
  line: StartLine;
}

/** The status of one session, as JSON, for its owner; 200 once it is ready, 202 before. */
export function sendView(reply: FastifyReply, view: SessionView): FastifyReply {
  if (view.phase !== 'Ready') reply.header('Retry-After', 1);
  return reply
    .code(view.phase === 'Ready' ? 200 : 202)
    .header('Location', `/narrative_session/${view.name}`)
    .send(view);
}

function tooManyStreams(): Problem {
  return new Problem({
    status: 429,
    code: 'too-many-streams',
    title: 'Too Many Requests',
    detail: 'Too many pages follow sessions at this moment. Close some, or ask for the status without /events.',
    retryAfter: 5,
  });
}

/** Opens the stream of a session's events. @throws a 429 Problem where there are too many */
export function openStream(session: Session, request: FastifyRequest, reply: FastifyReply, hub: EventHub): void {
  if (!hub.hasRoom(session.spec.owner.name)) throw tooManyStreams();
  reply.hijack();
  // Who went away while it was found out who they are: their `close` has been, and would never free the stream.
  if (reply.raw.destroyed) return;
  // The body ends with the connection: a chunk around each event would cost half as much again.
  reply.raw.useChunkedEncodingByDefault = false;
  reply.raw.writeHead(200, {
    ...commonHeaders(request),
    'X-Request-Id': request.id,
    'Content-Type': 'text/event-stream; charset=utf-8',
    'X-Accel-Buffering': 'no',
  });
  hub.add(session, reply.raw);
}

/** What the waiting page, and a script that was sent a Location, ask of a session. */
export function sessionRoutes(options: SessionRoutesOptions) {
  return async (scope: FastifyInstance): Promise<void> => {
    scope.get('/narrative_session/:name', { config: { door: 'sessions' } }, async (request: Named, reply) => {
      const { session } = await ownSession(request, options);
      return sendView(reply, viewOf(session, undefined, options.line.placeOf(session)));
    });
    scope.get('/narrative_session/:name/events', { config: { door: 'events' }, exposeHeadRoute: false }, async (request: Named, reply) => {
      openStream((await ownSession(request, options)).session, request, reply, options.hub);
    });
    scope.addHook('preClose', async () => {
      options.line.close();
      options.hub.close();
    });
  };
}
