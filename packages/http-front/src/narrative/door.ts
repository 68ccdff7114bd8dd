import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { cookieOf, type NewCookie, secretCookie, setSecretCookie } from '../http/cookies.js';
import { drain } from '../http/drain.js';
import { commonHeaderList } from '../http/headers.js';
import { isNavigation, wantsJson } from '../http/navigation.js';
import { Problem } from '../http/problem.js';
import { localPath, pagePathProblem } from '../http/url.js';
import type { Authenticate, Caller } from '../identity/caller.js';
import { leadToSignIn, signInAgain } from '../login/lead.js';
import type { SignIn } from '../login/sign-in.js';
import type { FrontOptions } from '../options.js';
import { routeCookie } from '../sessions/route-cookie.js';
import type { RouteSecrets } from '../sessions/route-secrets.js';
import { sendView } from '../sessions/routes.js';
import { startOf } from '../sessions/start.js';
import type { StartLine } from '../sessions/start-line.js';
import { isReady, viewOf } from '../sessions/status.js';
import { readyBerth } from './ready-berth.js';
import { readyUrl } from './ready-page.js';
import { ReadyPages } from './ready-pages.js';
import { waitingPage } from './waiting-page.js';
import { type Berth, recordWish } from './wish.js';

export interface DoorOptions {
  front: FrontOptions;
  authenticate: Authenticate;
  signIn: SignIn;
  secrets: RouteSecrets;
  line: Pick<StartLine, 'placeOf'>;
}

type Door = DoorOptions & { pages: ReadyPages; deps: DoorOptions['front'] & Pick<DoorOptions, 'secrets'> };

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

const PAGE = 'text/html; charset=utf-8';

const cookieFor = ({ session, secret }: Berth, { front }: Door): NewCookie => ({
  name: routeCookie(session, front.settings.sessionCookie),
  value: secret,
});

function surroundings(request: FastifyRequest, { session, secret }: Berth, url: string, { front }: Door) {
  const { settings } = front;
  const cameWithCookie = cookieOf(request, routeCookie(session, settings.sessionCookie)) === secret;
  return {
    readyUrl: readyUrl(url, settings.readyPage),
    missedRoute: cameWithCookie && isReady(session),
    usual: front.usualStart?.(startOf(session).kind),
    now: front.now(),
  };
}

function answer(request: FastifyRequest, reply: FastifyReply, berth: Berth, door: Door): FastifyReply {
  const { session } = berth;
  const { contact } = door.front.settings;
  setSecretCookie(request, reply, cookieFor(berth, door));
  const url = targetOf(request);
  const view = viewOf(session, url, door.line.placeOf(session));
  if (wantsJson(request.headers)) return sendView(reply, view);
  return reply
    .code(201)
    .type(PAGE)
    .send(waitingPage(view, { ...surroundings(request, berth, url, door), contact }).text);
}

/** The same as `answer` for a page of a session that is ready, past what would cost more than all the rest of it. */
function answerReady(request: FastifyRequest, reply: FastifyReply, berth: Berth, door: Door): void {
  const url = targetOf(request);
  const { text, encoding } = door.pages.page(berth.session, url, surroundings(request, berth, url, door));
  const cookie = secretCookie(request, cookieFor(berth, door));
  const length = String(encoding === 'latin1' ? text.length : Buffer.byteLength(text));
  const own = ['X-Request-Id', request.id, 'Set-Cookie', cookie, 'Content-Type', PAGE, 'Content-Length', length];
  // What this refuses Fastify answers as an error: only then the answer is ours.
  reply.raw.writeHead(201, [...commonHeaderList(request.protocol), ...own]);
  reply.hijack();
  reply.raw.end(text, encoding);
}

type Answer = FastifyReply | Promise<FastifyReply> | undefined;

/** Whose session is ready is answered at once, from memory; all others' wishes are recorded first. */
function welcome(request: FastifyRequest, reply: FastifyReply, caller: Caller, door: Door): Answer {
  if (caller.kind === 'nobody') return leadToSignIn(request, reply, door.signIn, targetOf(request));
  if (caller.kind === 'rejected') return signInAgain(request, reply, door.signIn, targetOf(request));
  const { user } = caller.identity;
  const { deps } = door;
  const ready = readyBerth(user, deps);
  if (ready === undefined) {
    const wish = recordWish({ user, ip: request.ip, requestId: request.id }, deps);
    return wish.then((berth) => answer(request, reply, berth, door));
  }
  return wantsJson(request.headers) ? answer(request, reply, ready, door) : void answerReady(request, reply, ready, door);
}

/** GET /narrative/…: whoever has no notebook gets one, and a page that says how far it is. */
export function narrativeDoor(options: DoorOptions) {
  const pages = new ReadyPages(options.front.settings.contact);
  const door = { ...options, pages, deps: { ...options.front, secrets: options.secrets } };
  const handle = (request: FastifyRequest, reply: FastifyReply): Answer | Promise<Answer> => {
    const caller = door.authenticate(request);
    return 'kind' in caller ? welcome(request, reply, caller, door) : caller.then((told) => welcome(request, reply, told, door));
  };
  return async (scope: FastifyInstance): Promise<void> => {
    scope.addHook('onRequest', refuseAllButPages);
    for (const path of ['/narrative', '/narrative/*']) scope.all(path, { config: { door: 'narrative' } }, handle);
  };
}
