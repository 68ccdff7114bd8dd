import type { Session } from '@mooring/resources';
import type { FastifyInstance } from 'fastify';
import { cookieOf } from '../http/cookies.js';
import { notFound } from '../http/errors.js';
import type { FrontOptions } from '../options.js';
import type { EventHub } from '../sessions/event-hub.js';
import type { Named } from '../sessions/own-session.js';
import { openStream } from '../sessions/routes.js';
import type { StartLine } from '../sessions/start-line.js';
import { viewOf } from '../sessions/status.js';
import { DIRECT_STATUS, type DirectDoor } from './door.js';
import type { DirectSettings } from './settings.js';

export interface DirectStatusOptions {
  front: Pick<FrontOptions, 'sessions'>;
  settings: DirectSettings;
  door: DirectDoor;
  hub: EventHub;
  line: Pick<StartLine, 'placeOf'>;
}

/** The session, for whoever may go there: by its cookie, or since its path is everybody's. */
async function seen(request: Named, { front, settings, door }: DirectStatusOptions): Promise<Session> {
  const session = front.sessions.get(request.params.name);
  if (session?.spec.route.type === 'path') return session;
  const byCookie = settings.cookie && (await door.byCookie(cookieOf(request, settings.cookie.name)));
  if (byCookie === undefined || byCookie.metadata.name !== request.params.name) throw notFound();
  return byCookie;
}

/** What the waiting page of a container that is asked for by name asks of it. */
export function directStatusRoutes(options: DirectStatusOptions) {
  return async (scope: FastifyInstance): Promise<void> => {
    scope.get(`${DIRECT_STATUS}:name`, { config: { door: 'direct' } }, async (request: Named, reply) => {
      const session = await seen(request, options);
      return reply.send(viewOf(session, undefined, options.line.placeOf(session)));
    });
    scope.get(`${DIRECT_STATUS}:name/events`, { config: { door: 'events' }, exposeHeadRoute: false }, async (request: Named, reply) => {
      openStream(await seen(request, options), request, reply, options.hub);
    });
  };
}
