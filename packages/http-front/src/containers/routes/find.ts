import type { Session } from '@mooring/resources';
import type { FastifyRequest } from 'fastify';
import { mayUse } from '../../api/access.js';
import { Problem } from '../../http/problem.js';
import type { ViewContext } from '../context.js';
import { isContainer, sessionNameOf } from '../names.js';
import { notStarted } from '../ports/problems.js';

function noContainer(id: string): Problem {
  const detail = `There is no container ${id} that you may see. GET /v1/container/ lists those.`;
  return new Problem({ status: 404, code: 'no-container', title: 'Not Found', detail });
}

/** The container, if whoever asks may see it; whether there is another's is not their business. @throws a 404 Problem */
export async function findContainer(request: FastifyRequest, id: string, context: ViewContext): Promise<Session> {
  const { sessions, store } = context.front;
  const name = sessionNameOf(id);
  // The cache may be a moment behind the creation.
  const session = sessions.get(name) ?? (await store.get('Session', name));
  if (session === undefined || !isContainer(session) || !mayUse(request.access, session)) throw noContainer(id);
  const { user } = request.access;
  const whose = session.spec.owner.name;
  if (whose !== user && request.method !== 'DELETE')
    context.audit(request, { action: 'container.read', who: user, whose, session: name, outcome: 'done' });
  return session;
}

/** Rancher's id of the container. @throws a 409 Problem before there is one */
export function startedId({ status }: Session): string {
  if (status.container === undefined) throw notStarted();
  return status.container.id;
}
