import type { Session } from '@mooring/resources';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { commonHeaders } from '../http/headers.js';
import { Problem } from '../http/problem.js';
import { requireCaller } from '../identity/authenticate.js';
import type { Authenticate } from '../identity/caller.js';
import type { FrontOptions } from '../options.js';
import type { EventHub } from './event-hub.js';
import { type SessionView, viewOf } from './status.js';

export interface SessionRoutesOptions {
  front: Pick<FrontOptions, 'sessions' | 'store'>;
  authenticate: Authenticate;
  hub: EventHub;
}

type Named = FastifyRequest<{ Params: { name: string } }>;

/** The status of one session, as JSON, for its owner; 200 once it is ready, 202 before. */
export function sendView(reply: FastifyReply, view: SessionView): FastifyReply {
  if (view.phase !== 'Ready') reply.header('Retry-After', 1);
  return reply
    .code(view.phase === 'Ready' ? 200 : 202)
    .header('Location', `/narrative_session/${view.name}`)
    .send(view);
}

function unknownSession(): Problem {
  return new Problem({
    status: 404,
    code: 'no-session',
    title: 'Not Found',
    detail: 'You have no session of this name. Open /narrative/ to start one.',
  });
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

/** The session of this name, if it is the caller's; whose it is otherwise, or whether there is one, is nobody's business. */
async function ownSession(request: Named, options: SessionRoutesOptions): Promise<Session> {
  const { identity } = await requireCaller(request, options.authenticate);
  const { sessions, store } = options.front;
  const { name } = request.params;
  // The cache may be a moment behind the creation.
  const session = sessions.get(name) ?? (await store.get('Session', name));
  if (session?.spec.owner.name !== identity.user) throw unknownSession();
  return session;
}

function openStream(session: Session, request: FastifyRequest, reply: FastifyReply, hub: EventHub): void {
  if (!hub.hasRoom(session.spec.owner.name)) throw tooManyStreams();
  reply.hijack();
  // Who went away while it was found out who they are: their `close` has been, and would never free the stream.
  if (reply.raw.destroyed) return;
  reply.raw.writeHead(200, {
    ...commonHeaders(request.protocol),
    'Content-Type': 'text/event-stream; charset=utf-8',
    'X-Accel-Buffering': 'no',
  });
  hub.add(session, reply.raw);
}

/** What the waiting page, and a script that was sent a Location, ask of a session. */
export function sessionRoutes(options: SessionRoutesOptions) {
  return async (scope: FastifyInstance): Promise<void> => {
    scope.get('/narrative_session/:name', { config: { door: 'sessions' } }, async (request: Named, reply) =>
      sendView(reply, viewOf(await ownSession(request, options))),
    );
    scope.get('/narrative_session/:name/events', { config: { door: 'events' }, exposeHeadRoute: false }, async (request: Named, reply) => {
      openStream(await ownSession(request, options), request, reply, options.hub);
    });
    scope.addHook('preClose', async () => options.hub.close());
  };
}
