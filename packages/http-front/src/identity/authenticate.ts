import type { FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.js';
import { type Identity, type IdentityProvider, IdentityUnavailableError } from './identity.js';

/** What a request's cookie says of who sent it. */
export type Caller = { kind: 'nobody' } | { kind: 'rejected' } | { kind: 'known'; identity: Identity };

export interface AuthenticateOptions {
  identity: IdentityProvider;
  /** The cookie that holds the token. */
  cookie: string;
}

function unavailable(cause: unknown): Problem {
  return new Problem({
    status: 503,
    code: 'identity-unavailable',
    title: 'Service Unavailable',
    detail: "The sign-in service doesn't answer, so we can't tell who you are. Notebooks that run go on. Try again in a moment.",
    retryAfter: 5,
    cause,
  });
}

/** Names of the system's own, as Kubernetes keeps them: what nobody has claimed belongs to one. */
const isReserved = ({ user }: Identity): boolean => user.startsWith('system:');

/** Reads the caller off the token cookie; throws a 503 Problem while the provider can't say. */
export async function authenticate(request: FastifyRequest, options: AuthenticateOptions): Promise<Caller> {
  const token = request.cookies[options.cookie];
  if (token === undefined || token === '') return { kind: 'nobody' };
  try {
    const identity = await options.identity.identify(token);
    return identity === undefined || isReserved(identity) ? { kind: 'rejected' } : { kind: 'known', identity };
  } catch (error) {
    throw error instanceof IdentityUnavailableError ? unavailable(error) : error;
  }
}

export function notSignedIn(): Problem {
  return new Problem({
    status: 401,
    code: 'not-signed-in',
    title: 'Unauthorized',
    detail: 'Nobody is signed in here. Sign in, then try again.',
  });
}

export function tokenRejected(): Problem {
  return new Problem({
    status: 403,
    code: 'token-rejected',
    title: 'Forbidden',
    detail: 'Your sign-in is not valid, or not any more. Sign in again.',
  });
}
