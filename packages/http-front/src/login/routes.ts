import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { clearSecretCookie, setSecretCookie } from '../http/cookies.js';
import { wantsPage } from '../http/navigation.js';
import { isForeign } from '../http/origin.js';
import { Problem } from '../http/problem.js';
import { localPath } from '../http/url.js';
import { isLocalUser, type LocalIdentityProvider } from '../identity/local.js';
import type { FrontSettings } from '../options.js';
import { loginPage } from './login-page.js';
import type { SignIn } from './sign-in.js';

export interface LoginOptions {
  local: LocalIdentityProvider;
  settings: FrontSettings;
}

const HOME = '/narrative/';
const text = z.string().optional().catch(undefined);
const fieldsSchema = z.looseObject({ user: text, next: text }).catch({});

function badUser(): Problem {
  return new Problem({
    status: 400,
    code: 'bad-user',
    title: 'Bad Request',
    detail:
      'The field "user" must have 1 to 64 letters, digits, ".", "_", "@" or "-", and begin with a letter or a digit. Choose such a name.',
  });
}

function foreignForm(): Problem {
  return new Problem({
    status: 403,
    code: 'foreign-origin',
    title: 'Forbidden',
    detail: 'This sign-in was sent by a page of another site. Sign in at /login.',
  });
}

function sendLoginPage(reply: FastifyReply, status: number, form: { next: string; problem: string }): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(loginPage(form).text);
}

/** Our own sign-in page, for one machine. */
export function localSignIn({ kbaseCookie }: Pick<FrontSettings, 'kbaseCookie'>): SignIn {
  return {
    urlFor: (target) => `/login?next=${encodeURIComponent(target)}`,
    again(request, reply, next) {
      clearSecretCookie(request, reply, kbaseCookie);
      return sendLoginPage(reply, 403, { next, problem: 'Your sign-in is not valid any more. Sign in again.' });
    },
  };
}

function signIn(request: FastifyRequest, reply: FastifyReply, { local, settings }: LoginOptions): FastifyReply {
  if (isForeign(request)) throw foreignForm();
  const fields = fieldsSchema.parse(request.body ?? {});
  const next = localPath(fields.next ?? fieldsSchema.parse(request.query).next, HOME);
  if (!isLocalUser(fields.user)) {
    if (wantsPage(request.headers)) return sendLoginPage(reply, 400, { next, problem: badUser().message });
    throw badUser();
  }
  setSecretCookie(request, reply, { name: settings.kbaseCookie, value: local.issue(fields.user), maxAge: local.maxAgeSeconds });
  // Somebody else may have worked in this browser: their cookie would lead into their notebook.
  clearSecretCookie(request, reply, settings.sessionCookie);
  return reply.redirect(next, 303);
}

/** Signing in on one machine: a page that asks for a name. */
export function loginRoutes(options: LoginOptions) {
  return async (scope: FastifyInstance): Promise<void> => {
    await scope.register(formbody, { bodyLimit: 16 * 1024 });
    scope.get('/', { config: { door: 'login' } }, async (_request, reply) => reply.redirect(HOME, 302));
    scope.get('/login', { config: { door: 'login' } }, async (request, reply) =>
      sendLoginPage(reply, 200, { next: localPath(fieldsSchema.parse(request.query).next, HOME), problem: '' }),
    );
    scope.post('/login', { config: { door: 'login' } }, async (request, reply) => signIn(request, reply, options));
  };
}
