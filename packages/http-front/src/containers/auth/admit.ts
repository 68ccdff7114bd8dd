import type { FastifyRequest } from 'fastify';
import type { Access, Admit } from '../../api/access.js';
import { cookieOf } from '../../http/cookies.js';
import type { Tokens } from './tokens.js';

/** Holds the sign-in of a browser that has signed in here. */
export const SESSION_COOKIE = 'mooring_containers';

/** `Bearer <token>`, or `JWT <token>` as djangorestframework-jwt has it. */
const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^(?:Bearer|JWT) +(\S+)$/i.exec(headers.authorization?.trim() ?? '')?.[1];

/** Whoever signed in here is known by that, everybody else as the site knows them. */
export function admitContainers(tokens: Tokens, site: Admit): Admit {
  const known = async (token: string | undefined, use: 'access' | 'session'): Promise<Omit<Access, 'by'> | undefined> => {
    const found = token ? await tokens.read(token, use) : undefined;
    return found && { user: found.user, all: found.admin };
  };
  return async (request) => {
    const bearer = bearerOf(request);
    const byToken = await known(bearer, 'access');
    if (byToken) return { ...byToken, by: 'authorization' };
    const byCookie = request.headers.authorization === undefined ? await known(cookieOf(request, SESSION_COOKIE), 'session') : undefined;
    return byCookie ? { ...byCookie, by: 'cookie' } : site(request);
  };
}
