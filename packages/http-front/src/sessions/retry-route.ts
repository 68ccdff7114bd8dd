import formbody from '@fastify/formbody';
import { ConflictError, NotFoundError, type Session } from '@mooring/resources';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { wantsJson } from '../http/navigation.js';
import { checkOrigin } from '../http/origin.js';
import { localPath } from '../http/url.js';
import type { FrontOptions } from '../options.js';
import { type Named, type OwnSessionOptions, ownSession } from './own-session.js';
import { retried } from './retried.js';
import { sendView } from './routes.js';
import { viewOf } from './status.js';

const HOME = '/narrative/';
/** Where to go afterwards; a body that is no form leads home. */
const fieldsSchema = z.looseObject({ next: z.string().optional().catch(undefined) }).catch({});

/** Others write sessions too; whoever lost so many races in a row finds that it is being tried anyway. */
const ATTEMPTS = 5;

export interface RetryRouteOptions extends OwnSessionOptions {
  front: Pick<FrontOptions, 'sessions' | 'store' | 'templates' | 'now' | 'local'>;
}

/** undefined where somebody else wrote first, or it is gone. */
async function write(session: Session, { templates, store, now }: RetryRouteOptions['front']): Promise<Session | undefined> {
  const wanted = retried(session, templates.get(session.spec.templateRef?.name ?? ''), now());
  if (wanted === undefined) return session;
  try {
    return await store.update('Session', wanted);
  } catch (error) {
    if (error instanceof ConflictError || error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/** Records the wish to try again; answers the session as it is then. */
async function retry(session: Session, front: RetryRouteOptions['front']): Promise<Session> {
  let current: Session | undefined = session;
  for (let attempt = 0; attempt < ATTEMPTS && current?.metadata.uid === session.metadata.uid; attempt += 1) {
    const written = await write(current, front);
    if (written !== undefined) return written;
    current = await front.store.get('Session', session.metadata.name);
  }
  return current ?? session;
}

async function answer(request: Named, reply: FastifyReply, options: RetryRouteOptions): Promise<FastifyReply> {
  const { session, caller } = await ownSession(request, options);
  checkOrigin(request, { by: caller.by, local: options.front.local !== undefined });
  const after = await retry(session, options.front);
  if (wantsJson(request.headers)) return sendView(reply, viewOf(after));
  return reply.redirect(localPath(fieldsSchema.parse(request.body ?? {}).next, HOME), 303);
}

/** POST /narrative_session/<name>/retry: its owner wants a start that failed to be tried again, now. */
export function retryRoute(options: RetryRouteOptions) {
  return async (scope: FastifyInstance): Promise<void> => {
    await scope.register(formbody, { bodyLimit: 16 * 1024 });
    scope.post('/narrative_session/:name/retry', { config: { door: 'sessions' } }, async (request: Named, reply) =>
      answer(request, reply, options),
    );
  };
}
