import type { FastifyRequest } from 'fastify';
import type { Access, Admit } from '../../api/access.js';
import { cookieOf } from '../../http/cookies.js';
import { Problem } from '../../http/problem.js';
import { Tokens } from './tokens.js';

/** Holds the sign-in of a browser that has signed in here. */
export const SESSION_COOKIE = 'mooring_containers';

/** `Bearer <token>`, or `JWT <token>` as djangorestframework-jwt has it. */
const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^(?:Bearer|JWT) +(\S+)$/i.exec(headers.authorization?.trim() ?? '')?.[1];

function tokenOver(): Problem {
  const detail = 'The token is not good, or not any more. Get another from POST /v1/auth/refresh, or sign in at /v1/auth/login.';
  return new Problem({ status: 401, code: 'token-rejected', title: 'Unauthorized', detail });
}

/** Whoever signed in here is known by that, everybody else as the site knows them. What was made here, or says so, is shown to nobody else. */
export function admitContainers(tokens: Tokens, site: Admit): Admit {
  const known = async (token: string | undefined, use: 'access' | 'session'): Promise<Omit<Access, 'by'> | undefined> => {
    const found = token ? await tokens.read(token, use) : undefined;
    return found && { user: found.user, all: found.admin };
  };
  return async (request) => {
    const bearer = bearerOf(request);
    const byToken = await known(bearer, 'access');
    if (byToken) return { ...byToken, by: 'authorization' };
    if (bearer !== undefined && Tokens.claimsToBeOurs(bearer)) throw tokenOver();
    const byCookie = request.headers.authorization === undefined ? await known(cookieOf(request, SESSION_COOKIE), 'session') : undefined;
    return byCookie ? { ...byCookie, by: 'cookie' } : site(request);
  };
}
