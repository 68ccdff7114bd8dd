import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { cookieOf, setSecretCookie } from '../http/cookies.js';
import { drain } from '../http/drain.js';
import { isNavigation, wantsJson } from '../http/navigation.js';
import { Problem } from '../http/problem.js';
import { localPath, pagePathProblem } from '../http/url.js';
import type { Authenticate } from '../identity/caller.js';
import { leadToSignIn, signInAgain } from '../login/lead.js';
import type { SignIn } from '../login/sign-in.js';
import type { FrontOptions } from '../options.js';
import { routeCookie } from '../sessions/route-cookie.js';
import type { RouteSecrets } from '../sessions/route-secrets.js';
import { sendView } from '../sessions/routes.js';
import { startOf } from '../sessions/start.js';
import type { StartLine } from '../sessions/start-line.js';
import { isReady, viewOf } from '../sessions/status.js';
import { readyUrl } from './ready-page.js';
import { waitingPage } from './waiting-page.js';
import { type Berth, recordWish } from './wish.js';

export interface DoorOptions {
  front: FrontOptions;
  authenticate: Authenticate;
  signIn: SignIn;
  secrets: RouteSecrets;
  line: Pick<StartLine, 'placeOf'>;
}

const HOME = '/narrative/';

/** The page that was asked for. `/narrative` alone never reaches a session, whose route begins with `/narrative/`. */
function targetOf(request: FastifyRequest): string {
  return localPath(request.raw.url?.replace(/^\/narrative(?=$|\?)/, HOME), HOME);
}

function notAPage(): Problem {
  return new Problem({
    status: 503,
    code: 'no-session-here',
    title: 'Service Unavailable',
    detail: 'No notebook answers here now, and nothing was saved. Open the page again to start it; this request was not a page.',
    retryAfter: 5,
  });
}

/** What isn't a navigation came for a container that isn't there: a tab's polling, or a save that must not look done. */
async function refuseBackground(request: FastifyRequest, reply: FastifyReply): Promise<never> {
  request.door = 'background';
  if (!(await drain(request.raw))) reply.header('Connection', 'close');
  throw notAPage();
}

function refuseAllButPages(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
  if (isNavigation(request.method, request.headers)) done(pagePathProblem(request.raw.url ?? ''));
  else refuseBackground(request, reply).catch(done);
}

function answer(request: FastifyRequest, reply: FastifyReply, berth: Berth, options: DoorOptions): FastifyReply {
  const { session, secret } = berth;
  const { settings } = options.front;
  const cookie = routeCookie(session, settings.sessionCookie);
  setSecretCookie(request, reply, { name: cookie, value: secret });
  const view = viewOf(session, targetOf(request), options.line.placeOf(session));
  if (wantsJson(request.headers)) return sendView(reply, view);
  const cameWithCookie = cookieOf(request, cookie) === secret;
  const page = waitingPage(view, {
    readyUrl: readyUrl(view.url, settings.readyPage),
    missedRoute: isReady(session) && cameWithCookie,
    usual: options.front.usualStart?.(startOf(session).kind),
    contact: settings.contact,
    now: options.front.now(),
  });
  return reply.code(201).type('text/html; charset=utf-8').send(page.text);
}

/** GET /narrative/…: whoever has no notebook gets one, and a page that says how far it is. */
export function narrativeDoor(options: DoorOptions) {
  const deps = { ...options.front, secrets: options.secrets };
  const handle = async (request: FastifyRequest, reply: FastifyReply) => {
    const caller = await options.authenticate(request);
    if (caller.kind === 'nobody') return leadToSignIn(request, reply, options.signIn, targetOf(request));
    if (caller.kind === 'rejected') return signInAgain(request, reply, options.signIn, targetOf(request));
    const berth = await recordWish({ user: caller.identity.user, ip: request.ip, requestId: request.id }, deps);
    return answer(request, reply, berth, options);
  };
  return async (scope: FastifyInstance): Promise<void> => {
    scope.addHook('onRequest', refuseAllButPages);
    for (const path of ['/narrative', '/narrative/*']) scope.all(path, { config: { door: 'narrative' } }, handle);
  };
}
