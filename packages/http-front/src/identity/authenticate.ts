import type { FastifyRequest } from 'fastify';
import type { AnyRequest } from '../http/any-request.js';
import { cookieOf } from '../http/cookies.js';
import { Problem } from '../http/problem.js';
import type { Counted, RateLimits } from '../limits/rate.js';
import { authorizationToken } from './authorization.js';
import type { Authenticate, Caller, Evidence, KnownCaller } from './caller.js';
import { type Identity, type IdentityProvider, IdentityUnavailableError, isReserved } from './identity.js';
import type { CountIdentity } from './metered.js';
import type { TrustedHeader } from './trusted-header.js';

export interface AuthenticatorOptions {
  identity: IdentityProvider | TrustedHeader;
  /** The cookie that holds the token. */
  cookie: string;
  /** Look at this alone; Authorization goes before the cookie where it is missing. */
  only?: Exclude<Evidence, 'proxy'>;
  count: CountIdentity;
  limits: Pick<RateLimits, 'person' | 'failedSignIn' | 'beforeAsking'>;
}

export function identityUnavailable(cause: unknown): Problem {
  return new Problem({
    status: 503,
    code: 'identity-unavailable',
    title: 'Service Unavailable',
    detail: "The sign-in service doesn't answer, so we can't tell who you are. Notebooks that run go on. Try again in a moment.",
    retryAfter: 5,
    cause,
  });
}

/** A token in Authorization goes before the cookie: whoever sends one means it. */
function tokenOf(
  request: AnyRequest,
  { cookie, only }: Pick<AuthenticatorOptions, 'cookie' | 'only'>,
): { token: string; by: Evidence } | undefined {
  const authorization = only === 'cookie' ? undefined : authorizationToken(request.headers.authorization);
  if (authorization !== undefined) return { token: authorization, by: 'authorization' };
  if (only === 'authorization') return undefined;
  const value = cookieOf(request, cookie);
  return value === undefined || value === '' ? undefined : { token: value, by: 'cookie' };
}

const callerBy = (identity: Identity | undefined, by: Evidence): Caller =>
  // A name of the system's own is nobody's, whoever tells it.
  identity === undefined || isReserved(identity) ? { kind: 'rejected' } : { kind: 'known', identity, by };

type Who = Pick<AuthenticatorOptions, 'identity' | 'cookie' | 'only'>;

/** Who sent a request, where nobody needs to be asked for that; undefined where somebody does. Counts nothing. */
export function callerInMemory(request: AnyRequest, options: Who): Caller | undefined {
  const { identity } = options;
  if ('read' in identity) {
    const caller = identity.read(request);
    return caller.kind === 'known' ? callerBy(caller.identity, caller.by) : caller;
  }
  const shown = tokenOf(request, options);
  if (shown === undefined) return { kind: 'nobody' };
  const known = identity.known?.(shown.token);
  return known && callerBy(known, shown.by);
}

async function ask(request: FastifyRequest, { identity, limits, ...options }: AuthenticatorOptions): Promise<Caller> {
  const shown = tokenOf(request, options);
  if (shown === undefined || 'read' in identity) return { kind: 'nobody' };
  return callerBy(await identity.identify(shown.token, () => limits.beforeAsking(request)), shown.by);
}

/** @throws a 429 Problem where it is one too many */
export function counted(caller: Caller, request: Counted, { count, limits }: Pick<AuthenticatorOptions, 'count' | 'limits'>): Caller {
  if (caller.kind === 'nobody') return caller;
  count(caller.kind === 'known' ? 'accepted' : 'rejected');
  if (caller.kind === 'known') limits.person(request, caller.identity.user);
  else limits.failedSignIn(request);
  return caller;
}

async function asked(answer: Promise<Caller>, { count }: AuthenticatorOptions): Promise<Caller> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof IdentityUnavailableError)) throw error;
    count('unavailable');
    throw identityUnavailable(error);
  }
}

/** Whoever is known, or is not who they say, is counted against the limits, which throw a 429 Problem. */
export function authenticator(options: AuthenticatorOptions): Authenticate {
  return (request) => {
    const caller = callerInMemory(request, options);
    if (caller !== undefined) return counted(caller, request, options);
    return asked(ask(request, options), options).then((told) => counted(told, request, options));
  };
}

/** Whoever must be somebody to be answered. @throws a Problem: 401 for nobody, 403 for a token that isn't good, 503 */
export async function requireCaller(request: FastifyRequest, authenticate: Authenticate): Promise<KnownCaller> {
  const caller = await authenticate(request);
  if (caller.kind === 'nobody') throw notSignedIn();
  if (caller.kind === 'rejected') throw tokenRejected();
  return caller;
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
