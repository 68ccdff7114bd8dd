import type { Session } from '@mooring/resources';
import type { FastifyReply } from 'fastify';
import { COMMON_HEADERS } from '../../http/headers.js';
import { Problem } from '../../http/problem.js';
import { type Access, mayUse, noteListing } from '../access.js';
import type { ApiContext, ApiScope } from '../context.js';
import { answer, problems, SIGNED_IN } from '../problems.js';
import type { Filter } from '../schemas/list-query.js';
import { watchEventSchema, watchHeadersSchema, watchQuerySchema } from '../schemas/watch-query.js';
import { resourceOf } from '../sessions/resource.js';
import { matcher } from '../sessions/select.js';
import type { Watcher, WatchHub } from './watch-hub.js';

function tooOld(position: string): Problem {
  return new Problem({
    status: 410,
    code: 'expired',
    title: 'Gone',
    detail: `What changed after the resourceVersion ${position} is not known any more, or that is no position of this server. List the sessions again, and watch from metadata.resourceVersion of that list.`,
  });
}

function tooMany(): Problem {
  return new Problem({
    status: 429,
    code: 'too-many-streams',
    title: 'Too Many Requests',
    detail: 'Too many watch the sessions at this moment. End other streams, or ask for the list now and then.',
    retryAfter: 5,
  });
}

/** May see it, and asked for it. */
function sightOf(access: Access, filter: Filter): (session: Session) => boolean {
  const matches = matcher(filter);
  return (session) => mayUse(access, session) && matches(resourceOf(session));
}

/** Position to go on from. @throws a 410 Problem where what came after it isn't known */
function positionOf(given: string | undefined, hub: WatchHub): number | undefined {
  if (given === undefined) return undefined;
  if (!hub.knows(Number(given))) throw tooOld(given);
  return Number(given);
}

function open(reply: FastifyReply, hub: WatchHub, watcher: Watcher): void {
  if (!hub.hasRoom(watcher.user)) throw tooMany();
  reply.hijack();
  // Who went away while it was found out who they are: their `close` has been, and would never free the stream.
  if (reply.raw.destroyed) return;
  const own = { 'X-Request-Id': reply.request.id, 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' };
  reply.raw.writeHead(200, { ...COMMON_HEADERS, ...own });
  hub.add(watcher, reply.raw);
}

export function addWatch(scope: ApiScope, { parts: { hub }, auditReads }: ApiContext): void {
  const schema = {
    operationId: 'watchSessions',
    tags: ['sessions'],
    summary: 'Tells changes of sessions as they happen.',
    description:
      'Server-sent events: `ADDED`, `MODIFIED` and `DELETED` with `{type, object}`, and `BOOKMARK` with `{type, resourceVersion}`, which only tells the position. ' +
      'A session that comes into sight by a change (it matches the filter from now on) is ADDED, one that leaves it DELETED. Who reads slowly gets the newest state alone. ' +
      'After 410 the list is to be read again; a browser’s EventSource tells it by an `error` with `readyState` 2.',
    querystring: watchQuerySchema,
    headers: watchHeadersSchema,
    response: {
      200: answer('The stream: one of these after the other.', watchEventSchema, 'text/event-stream'),
      ...problems(...SIGNED_IN, 410),
    },
  };
  scope.get('/watch/sessions', { schema, config: { door: 'events' }, exposeHeadRoute: false }, async (request, reply) => {
    const { resourceVersion, timeoutSeconds, ...filter } = request.query;
    const { access } = request;
    noteListing(request, auditReads);
    const after = positionOf(request.headers['last-event-id'] ?? resourceVersion, hub);
    open(reply, hub, { user: access.user, sees: sightOf(access, filter), after, forMs: timeoutSeconds * 1000 });
  });
}
