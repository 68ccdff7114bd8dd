import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ApiScope } from '../../api/context.js';
import { answer, empty, problems } from '../../api/problems.js';
import { checkOrigin } from '../../http/origin.js';
import { Problem } from '../../http/problem.js';
import { schemeOf } from '../../http/scheme.js';
import type { ContainersContext } from '../context.js';
import { SESSION_COOKIE } from './admit.js';
import { oneAtATime } from './password-queue.js';
import { type Known, Tokens } from './tokens.js';

const loginSchema = z.strictObject({ username: z.string().min(1).max(256), password: z.string().min(1).max(1024) });
const refreshSchema = z.strictObject({ refresh_token: z.string().min(1).max(4096) });
const grantSchema = z.object({
  token: z.string().describe('For the header Authorization, as `Bearer <token>` or `JWT <token>`.'),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('Seconds for which `token` is good.'),
  refresh_token: z.string().describe('Gets another token from POST /v1/auth/refresh.'),
  refresh_expires_in: z.int().describe('Seconds for which `refresh_token` is good.'),
});

/** The only one with a password of their own; no identity provider may give a name like this. */
const ADMINISTRATOR: Known = { user: 'system:admin', admin: true };
const ADMIN_NAME = 'admin';

function refused(): Problem {
  const detail = 'The name or the password is not right. The first start printed it; mooring hash-password makes ADMINHASH for another.';
  return new Problem({ status: 401, code: 'wrong-password', title: 'Unauthorized', detail });
}

function busy(): Problem {
  const detail = 'Too many sign in at this moment. Try again in a moment.';
  return new Problem({ status: 429, code: 'too-many-sign-ins', title: 'Too Many Requests', detail, retryAfter: 5 });
}

function voidToken(): Problem {
  const detail = 'The refresh token is not good, or not any more. Sign in again at /v1/auth/login.';
  return new Problem({ status: 401, code: 'token-rejected', title: 'Unauthorized', detail });
}

async function grant(tokens: Tokens, known: Known): Promise<z.infer<typeof grantSchema>> {
  return {
    token: await tokens.issue(known, 'access'),
    token_type: 'Bearer',
    expires_in: Tokens.lifetime('access'),
    refresh_token: await tokens.issue(known, 'refresh'),
    refresh_expires_in: Tokens.lifetime('refresh'),
  };
}

const cookieOptions = (request: FastifyRequest) =>
  ({ path: '/v1/', httpOnly: true, sameSite: 'strict', secure: schemeOf(request) === 'https' }) as const;

const OPEN = [400, 401, 403, 413, 414, 415, 429, 431] as const;

/** Signing in with a password; a page of another site can't do it for somebody. */
export function addSignIn(scope: ApiScope, { tokens, options, limits, audit }: ContainersContext): void {
  const check = oneAtATime((user, password) => (user === ADMIN_NAME ? options.checkPassword(password) : Promise.resolve(false)));
  const tags = ['signing in'];
  const common = { config: { open: true } };
  const login = {
    operationId: 'login',
    tags,
    security: [],
    summary: 'Signs in with a password.',
    description: 'The answer has tokens for programs, and a cookie for browsers.',
    body: loginSchema,
    response: { 200: answer('Signed in.', grantSchema), ...problems(...OPEN) },
  };
  scope.post('/auth/login', { ...common, schema: login }, async (request, reply: FastifyReply) => {
    checkOrigin(request, { by: 'authorization', local: false });
    limits.beforeAsking(request);
    const isRight = await check(request.body.username, request.body.password);
    if (isRight === undefined) throw busy();
    if (!isRight) {
      audit(request, { action: 'containers.login', who: undefined, outcome: 'refused' });
      limits.failedSignIn(request);
      throw refused();
    }
    audit(request, { action: 'containers.login', who: ADMINISTRATOR.user, outcome: 'done' });
    reply.setCookie(SESSION_COOKIE, await tokens.issue(ADMINISTRATOR, 'session'), {
      ...cookieOptions(request),
      maxAge: Tokens.lifetime('session'),
    });
    return grant(tokens, ADMINISTRATOR);
  });
  const refresh = {
    operationId: 'refresh',
    tags,
    security: [],
    summary: 'Gets another token before the last one is over.',
    body: refreshSchema,
    response: { 200: answer('Signed in.', grantSchema), ...problems(...OPEN) },
  };
  scope.post('/auth/refresh', { ...common, schema: refresh }, async (request) => {
    const known = await tokens.read(request.body.refresh_token, 'refresh');
    if (known !== undefined) return grant(tokens, known);
    limits.failedSignIn(request);
    throw voidToken();
  });
  const logout = {
    operationId: 'logout',
    tags,
    security: [],
    summary: 'Has the browser forget its cookie.',
    response: { 204: empty('Forgotten.'), ...problems(...OPEN) },
  };
  scope.post('/auth/logout', { ...common, schema: logout }, async (request, reply) => {
    checkOrigin(request, { by: 'authorization', local: false });
    reply.clearCookie(SESSION_COOKIE, cookieOptions(request));
    return reply.code(204).send(null);
  });
}
