import type { Session } from '@mooring/resources';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.js';
import { requireCaller } from '../identity/authenticate.js';
import type { Authenticate, KnownCaller } from '../identity/caller.js';
import type { FrontOptions } from '../options.js';

export interface OwnSessionOptions {
  front: Pick<FrontOptions, 'sessions' | 'store'>;
  authenticate: Authenticate;
}

export type Named = FastifyRequest<{ Params: { name: string } }>;

function unknownSession(): Problem {
  return new Problem({
    status: 404,
    code: 'no-session',
    title: 'Not Found',
    detail: 'You have no session of this name. Open /narrative/ to start one.',
  });
}

/** The session of this name, if it is the caller's; whose it is otherwise, or whether there is one, is nobody's business. */
export async function ownSession(request: Named, options: OwnSessionOptions): Promise<{ session: Session; caller: KnownCaller }> {
  const caller = await requireCaller(request, options.authenticate);
  const { sessions, store } = options.front;
  const { name } = request.params;
  // The cache may be a moment behind the creation.
  const session = sessions.get(name) ?? (await store.get('Session', name));
  if (session?.spec.owner.name !== caller.identity.user) throw unknownSession();
  return { session, caller };
}
