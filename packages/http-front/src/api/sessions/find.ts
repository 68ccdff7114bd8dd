import type { Session } from '@mooring/resources';
import { Problem } from '../../http/problem.js';
import { type Access, mayUse } from '../access.js';
import type { ApiContext } from '../context.js';

export function noSession(name: string): Problem {
  return new Problem({
    status: 404,
    code: 'no-session',
    title: 'Not Found',
    detail: `There is no session ${JSON.stringify(name)} that you may see. GET /api/v1/sessions lists those.`,
  });
}

/** The session of this name, if whoever asks may see it; whether there is another's is not their business. @throws a 404 Problem */
export async function findSession(name: string, access: Access, { front, parts }: Pick<ApiContext, 'front' | 'parts'>): Promise<Session> {
  // The cache may be a moment behind the creation.
  const session = parts.sessions.get(name) ?? (await front.store.get('Session', name));
  if (session === undefined || !mayUse(access, session)) throw noSession(name);
  return session;
}
