import { PROBE_HEADER, type ProbeProof, type Session, VERIFY_PATH } from '@mooring/resources';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../audit/audit.js';
import { sameSecret } from '../http/constant-time.js';
import { clearSecretCookie } from '../http/cookies.js';
import { isNavigation } from '../http/navigation.js';
import { Problem } from '../http/problem.js';
import { localPath } from '../http/url.js';
import { notSignedIn, tokenRejected } from '../identity/authenticate.js';
import type { Authenticate, Caller } from '../identity/caller.js';
import { leadToSignIn, signInAgain } from '../login/lead.js';
import type { SignIn } from '../login/sign-in.js';
import type { FrontOptions } from '../options.js';
import { routeCookie } from '../sessions/route-cookie.js';
import { mayEnter } from './may-enter.js';

export interface VerifyRoutesOptions {
  front: Pick<FrontOptions, 'sessions' | 'settings'>;
  proof: ProbeProof;
  /** Reads the caller off one kind of evidence, in the order in which they are looked at. */
  authenticates: readonly Authenticate[];
  signIn: SignIn;
  /** Told of each request of an administrator's. */
  audit: Audit;
}

type Named = FastifyRequest<{ Params: { uid: string } }>;

const HOME = '/narrative/';

function notYours(): Problem {
  return new Problem({
    status: 403,
    code: 'not-yours',
    title: 'Forbidden',
    detail: "The notebook that your browser was led to is somebody else's. Open your own.",
  });
}

function unknownSession(): Problem {
  return new Problem({
    status: 503,
    code: 'no-session-here',
    title: 'Service Unavailable',
    detail: 'The notebook that was here is gone, and nothing was saved. Open the page again to start one.',
    retryAfter: 1,
  });
}

const forwarded = ({ headers }: FastifyRequest, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** Whether the request that Traefik asks about is somebody's who looks at a page. Of a websocket it takes away `Upgrade`, not the key. */
function isPage(request: FastifyRequest): boolean {
  const { headers } = request;
  return headers['sec-websocket-key'] === undefined && isNavigation(forwarded(request, 'x-forwarded-method') ?? 'GET', headers);
}

const isProbe = ({ headers, params }: Named, proof: ProbeProof): boolean => {
  const shown = headers[PROBE_HEADER];
  return typeof shown === 'string' && sameSecret(shown, proof(params.uid));
};

/** The first caller that may enter, or else what the first evidence that there is says. */
async function callerFor(request: Named, session: Session, { front, authenticates }: VerifyRoutesOptions): Promise<Caller> {
  let first: Caller = { kind: 'nobody' };
  for (const authenticate of authenticates) {
    const caller = await authenticate(request);
    if (mayEnter(session, caller, front.settings) !== undefined) return caller;
    if (first.kind === 'nobody') first = caller;
  }
  return first;
}

interface Refusal {
  signIn: SignIn;
  /** What led to the session. */
  cookie: string;
}

function noteEntry(request: Named, { metadata, spec }: Session, caller: Caller, audit: Audit): void {
  const who = caller.kind === 'known' ? caller.identity.user : undefined;
  audit(request, { action: 'session.enter', who, whose: spec.owner.name, session: metadata.name, outcome: 'done' });
}

/** A page is led to where its person can sign in; anything else is told that it may not. */
function refuse(request: Named, reply: FastifyReply, caller: Caller, { signIn, cookie }: Refusal): FastifyReply {
  const page = isPage(request);
  const target = localPath(forwarded(request, 'x-forwarded-uri'), HOME);
  if (caller.kind === 'nobody') {
    if (page) return leadToSignIn(request, reply, signIn, target);
    throw notSignedIn();
  }
  if (caller.kind === 'rejected') {
    if (page) return signInAgain(request, reply, signIn, target);
    throw tokenRejected();
  }
  // Without it, the browser is led to its own person's notebook.
  if (page) clearSecretCookie(request, reply, cookie);
  throw notYours();
}

/**
 * What Traefik's forwardAuth asks before a request goes on to a session (`MOORING_VERIFY=owner`): 204 for its owner and for administrators,
 * told by their identity. The uid in the path is Traefik's own word for where the request would go, so whatever cookies or headers a
 * request carries can't make it somebody else's. All but a token's first look-up is answered from memory.
 */
export function verifyRoutes(options: VerifyRoutesOptions) {
  const { sessions, settings } = options.front;
  const handle = async (request: Named, reply: FastifyReply): Promise<FastifyReply> => {
    if (isProbe(request, options.proof)) return reply.code(204).send();
    const session = sessions.byUid(request.params.uid);
    if (session === undefined) throw unknownSession();
    const caller = await callerFor(request, session, options);
    const entrant = mayEnter(session, caller, settings);
    if (entrant === 'administrator') noteEntry(request, session, caller, options.audit);
    if (entrant !== undefined) return reply.code(204).send();
    return refuse(request, reply, caller, { signIn: options.signIn, cookie: routeCookie(session, settings.sessionCookie) });
  };
  return async (scope: FastifyInstance): Promise<void> => {
    scope.get(`${VERIFY_PATH}:uid`, { config: { door: 'verify', unlimited: true }, exposeHeadRoute: false }, handle);
  };
}
