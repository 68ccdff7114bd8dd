import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { clearSecretCookie, cookieOf, setSecretCookie } from '../../http/cookies.js';
import { wantsPage } from '../../http/navigation.js';
import { checkOrigin } from '../../http/origin.js';
import { localPath } from '../../http/url.js';
import { identityUnavailable } from '../../identity/authenticate.js';
import { IdentityUnavailableError } from '../../identity/identity.js';
import { CALLBACK_PATH, type OidcProvider, SIGN_IN_SECONDS } from '../../identity/oidc/provider.js';
import { SignInError } from '../../identity/oidc/sign-in-error.js';
import type { FrontSettings } from '../../options.js';
import type { SignIn } from '../sign-in.js';
import { signedOutPage, signOutPage } from './pages.js';
import { signInProblem } from './problems.js';

export interface OidcRoutesOptions {
  oidc: OidcProvider;
  settings: Pick<FrontSettings, 'kbaseCookie' | 'sessionCookie'>;
}

const HOME = '/narrative/';
const BASE = '/narrative_session/oidc';
const LOGIN_PATH = `${BASE}/login`;
/** What a sign-in carries to the provider and back in a URL; a longer way leads home. */
const MAX_NEXT = 1024;
const BINDING = /^[A-Za-z0-9_-]{43}$/;

const nextSchema = z.looseObject({ next: z.string().max(MAX_NEXT).optional().catch(undefined) }).catch({});

const loginUrl = (next: string): string => `${LOGIN_PATH}?next=${encodeURIComponent(next)}`;

/** At the site's OpenID provider, over our own redirect to it. */
export function oidcSignIn({ kbaseCookie }: OidcRoutesOptions['settings']): SignIn {
  return {
    urlFor: loginUrl,
    again(request, reply, target) {
      clearSecretCookie(request, reply, kbaseCookie);
      return reply.redirect(loginUrl(target), 302);
    },
  };
}

const isSecure = ({ publicUrl }: OidcProvider): boolean => publicUrl.startsWith('https:');

/** The cookie that binds a sign-in to the browser that began it. Its tabs share it, so that each can end its own. */
const bindingCookie = ({ settings }: OidcRoutesOptions): string => `${settings.kbaseCookie}_sign_in`;

async function telling<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof SignInError) throw signInProblem(error);
    throw error instanceof IdentityUnavailableError ? identityUnavailable(error) : error;
  }
}

async function login(request: FastifyRequest, reply: FastifyReply, options: OidcRoutesOptions): Promise<FastifyReply> {
  const { oidc } = options;
  const next = localPath(nextSchema.parse(request.query).next, HOME);
  // The provider sends people back to the public address, where another host's cookies aren't sent.
  if (request.host !== new URL(oidc.publicUrl).host) return reply.redirect(`${oidc.publicUrl}${loginUrl(next)}`, 302);
  const name = bindingCookie(options);
  const known = cookieOf(request, name) ?? '';
  const binding = BINDING.test(known) ? known : randomBytes(32).toString('base64url');
  const url = await telling(() => oidc.begin(next, binding));
  setSecretCookie(request, reply, { name, value: binding, maxAge: SIGN_IN_SECONDS, path: BASE, secure: isSecure(oidc) });
  return reply.redirect(url.href, 302);
}

async function callback(request: FastifyRequest, reply: FastifyReply, options: OidcRoutesOptions): Promise<FastifyReply> {
  const { oidc, settings } = options;
  const [, query = ''] = (request.raw.url ?? '').split(/\?(.*)/s, 2);
  const { token, next } = await telling(() => oidc.finish(query, cookieOf(request, bindingCookie(options))));
  setSecretCookie(request, reply, { name: settings.kbaseCookie, value: token, maxAge: oidc.maxAgeSeconds, secure: isSecure(oidc) });
  // Somebody else may have worked in this browser: their cookie would lead into their notebook.
  clearSecretCookie(request, reply, settings.sessionCookie);
  return reply.redirect(localPath(next, HOME), 303);
}

function logout(request: FastifyRequest, reply: FastifyReply, { oidc, settings }: OidcRoutesOptions): FastifyReply {
  checkOrigin(request, { by: 'cookie', local: false });
  for (const name of [settings.kbaseCookie, settings.sessionCookie]) clearSecretCookie(request, reply, name);
  if (!wantsPage(request.headers)) return reply.code(204).send();
  return reply.type('text/html; charset=utf-8').send(signedOutPage(oidc.endSessionUrl()).text);
}

/** Signing in at an OpenID provider and out again, below /narrative_session/oidc/. */
export function oidcRoutes(options: OidcRoutesOptions) {
  const config = { config: { door: 'login' as const }, exposeHeadRoute: false };
  return async (scope: FastifyInstance): Promise<void> => {
    scope.get(LOGIN_PATH, config, (request, reply) => login(request, reply, options));
    scope.get(CALLBACK_PATH, config, (request, reply) => callback(request, reply, options));
    scope.get(`${BASE}/logout`, config, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(signOutPage(`${BASE}/logout`).text),
    );
    // The form that signs out has no fields; what a program sends along is left unread.
    scope.addContentTypeParser('application/x-www-form-urlencoded', (_request, payload, done) => {
      payload.resume();
      payload.once('end', () => done(null));
    });
    scope.post(`${BASE}/logout`, config, async (request, reply) => logout(request, reply, options));
  };
}
