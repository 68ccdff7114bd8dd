import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { setSecretCookie } from '../http/cookies.js';
import { drain } from '../http/drain.js';
import { endAtOnce } from '../http/end-at-once.js';
import { isNavigation, wantsJson } from '../http/navigation.js';
import { Problem } from '../http/problem.js';
import { pagePathProblem } from '../http/url.js';
import type { Authenticate, Caller } from '../identity/caller.js';
import { leadToSignIn, signInAgain } from '../login/lead.js';
import type { SignIn } from '../login/sign-in.js';
import type { FrontOptions } from '../options.js';
import type { RouteSecrets } from '../sessions/route-secrets.js';
import { sendView } from '../sessions/routes.js';
import type { StartLine } from '../sessions/start-line.js';
import { viewOf } from '../sessions/status.js';
import { beginReady, cookieFor, PAGE, surroundings, targetOf } from './ready-answer.js';
import { type ReadyBerths, readyBerths } from './ready-berth.js';
import type { ReadyPages } from './ready-pages.js';
import { waitingPage } from './waiting-page.js';
import { type Berth, recordWish } from './wish.js';

export interface DoorOptions {
  front: FrontOptions;
  authenticate: Authenticate;
  signIn: SignIn;
  secrets: RouteSecrets;
  line: Pick<StartLine, 'placeOf'>;
  pages: ReadyPages;
}

type Door = DoorOptions & { deps: DoorOptions['front'] & Pick<DoorOptions, 'secrets'>; berthOf: ReadyBerths };

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

function answer(request: FastifyRequest, reply: FastifyReply, berth: Berth, door: Door): FastifyReply {
  const { session } = berth;
  const { contact } = door.front.settings;
  setSecretCookie(request, reply, cookieFor(berth, door.front));
  const url = targetOf(request);
  const view = viewOf(session, url, door.line.placeOf(session));
  if (wantsJson(request.headers)) return sendView(reply, view);
  return reply
    .code(201)
    .type(PAGE)
    .send(waitingPage(view, { ...surroundings(request, berth, url, door.front), contact }).text);
}

type Answer = FastifyReply | Promise<FastifyReply> | undefined;

/** Whose session is ready is answered at once, from memory; all others' wishes are recorded first. */
function welcome(request: FastifyRequest, reply: FastifyReply, caller: Caller, door: Door): Answer {
  if (caller.kind === 'nobody') return leadToSignIn(request, reply, door.signIn, targetOf(request));
  if (caller.kind === 'rejected') return signInAgain(request, reply, door.signIn, targetOf(request));
  const { user } = caller.identity;
  const { deps } = door;
  const ready = door.berthOf(user);
  if (ready === undefined) {
    const wish = recordWish({ user, ip: request.ip, requestId: request.id }, deps);
    return wish.then((berth) => answer(request, reply, berth, door));
  }
  if (wantsJson(request.headers)) return answer(request, reply, ready, door);
  // What this throws Fastify answers: only then the answer is ours.
  const page = beginReady(request, reply.raw, ready, door);
  reply.hijack();
  endAtOnce(reply.raw, page);
  return undefined;
}

/** GET /narrative/…: whoever has no notebook gets one, and a page that says how far it is. */
export function narrativeDoor(options: DoorOptions) {
  const deps = { ...options.front, secrets: options.secrets };
  const door = { ...options, deps, berthOf: readyBerths(deps) };
  const handle = (request: FastifyRequest, reply: FastifyReply): Answer | Promise<Answer> => {
    const caller = door.authenticate(request);
    return 'kind' in caller ? welcome(request, reply, caller, door) : caller.then((told) => welcome(request, reply, told, door));
  };
  return async (scope: FastifyInstance): Promise<void> => {
    scope.addHook('onRequest', refuseAllButPages);
    for (const path of ['/narrative', '/narrative/*']) scope.all(path, { config: { door: 'narrative' } }, handle);
  };
}
