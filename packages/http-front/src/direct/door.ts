import { setTimeout as pause } from 'node:timers/promises';
import { ConflictError, NotFoundError, readInstance, type Session, signedInstance, WANTED_ANNOTATION } from '@mooring/resources';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sameSecret } from '../http/constant-time.js';
import { cookieOf } from '../http/cookies.js';
import { drain } from '../http/drain.js';
import { isNavigation, wantsJson } from '../http/navigation.js';
import { preferredWait } from '../http/prefer.js';
import { Problem } from '../http/problem.js';
import { localPath } from '../http/url.js';
import { waitingPage } from '../narrative/waiting-page.js';
import type { FrontOptions } from '../options.js';
import { askedBy } from '../sessions/asked-by.js';
import { isLetGo, keptBy } from '../sessions/kept.js';
import { retried } from '../sessions/retried.js';
import type { RouteSecrets } from '../sessions/route-secrets.js';
import { startOf } from '../sessions/start.js';
import type { StartLine } from '../sessions/start-line.js';
import { isReady, viewOf } from '../sessions/status.js';
import type { DirectSettings } from './settings.js';
import { isTricky, targetOf } from './target.js';
import { untilSession } from './waiting.js';

export interface DirectDoorOptions {
  front: Pick<FrontOptions, 'store' | 'sessions' | 'uses' | 'now' | 'usualStart' | 'settings'>;
  settings: DirectSettings;
  secrets: RouteSecrets;
  line: Pick<StartLine, 'placeOf'>;
}

/** Where the page of a container that isn't there yet asks how far it is. */
export const DIRECT_STATUS = '/narrative_session/-/direct/';

const ATTEMPTS = 5;
/** A page that comes here though its container should answer is wanted again, at most so often. */
const REMIND_MS = 1_000;
/** Before somebody who follows redirects tries the route again that they missed. */
const MISSED_MS = 200;

function notHere(detail: string, status = 503): Problem {
  const title = status === 503 ? 'Service Unavailable' : status === 404 ? 'Not Found' : 'Bad Request';
  return new Problem({
    status,
    code: status === 503 ? 'not-running' : 'no-container',
    title,
    detail,
    ...(status === 503 && { retryAfter: 5 }),
  });
}

const header = ({ headers }: FastifyRequest, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** What was asked for, before Traefik took a prefix away or wrote another path: its page failed over to us. */
function askedPath(request: FastifyRequest): { path: string; query: string } {
  const [path = '/', ...rest] = (request.raw.url ?? '/').split('?');
  const query = rest.length > 0 ? `?${rest.join('?')}` : '';
  const replaced = header(request, 'x-replaced-path');
  if (replaced?.startsWith('/')) return { path: replaced.split('?', 1)[0] ?? '/', query };
  const prefix = header(request, 'x-forwarded-prefix');
  return { path: prefix?.startsWith('/') ? `${prefix.replace(/\/$/, '')}${path}` : path, query };
}

const hostOf = (request: FastifyRequest): string => (request.hostname ?? '').toLowerCase();

/** What is told of a session: which page was asked for, and whether it should have come to the container. */
interface Answer {
  session: Session;
  url: string;
  missed: boolean;
}

const wasWantedSince = ({ metadata }: Session, now: number): boolean =>
  Math.abs(now - (Date.parse(metadata.annotations[WANTED_ANNOTATION] ?? '') || 0)) < REMIND_MS;

/** Its page came to us: its container may have ended a moment ago, and whoever came after that wants it to go on. */
function reminded(session: Session, now: number): Session {
  const annotations = { ...session.metadata.annotations, [WANTED_ANNOTATION]: new Date(now).toISOString() };
  return { ...session, metadata: { ...session.metadata, annotations } };
}

/** undefined where somebody else wrote first, or it is gone. */
async function unlessOutrun(write: () => Promise<Session>): Promise<Session | undefined> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof ConflictError || error instanceof NotFoundError) return undefined;
    throw error;
  }
}

export class DirectDoor {
  /** Sessions that are being woken: many who ask at once write once. */
  readonly #waking = new Map<string, Promise<Session | undefined>>();

  constructor(private readonly options: DirectDoorOptions) {}

  /** Answers a request that is for a container; undefined where it is for none. */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const { settings, front } = this.options;
    const { path, query } = askedPath(request);
    const cookie = settings.cookie && cookieOf(request, settings.cookie.name);
    const isPathRouted = (name: string): boolean => front.sessions.get(name)?.spec.route.type === 'path';
    const target = targetOf({ host: hostOf(request), path, cookie }, settings, isPathRouted);
    if (target === undefined) return undefined;
    request.door = 'direct';
    if (target.by === 'path') {
      const session = target.name === undefined ? undefined : front.sessions.get(target.name);
      return this.#serve(request, reply, { session, path, query });
    }
    const session = await this.byCookie(target.value);
    return session ? this.#serve(request, reply, { session, path, query }) : this.#leadAway(request, reply, path);
  }

  /** The session that a cookie's value names, if it may. */
  async byCookie(value: string | undefined): Promise<Session | undefined> {
    if (value === undefined) return undefined;
    const { name, signature } = readInstance(value);
    const session = this.options.front.sessions.get(name);
    if (session?.spec.route.type !== 'instance' || session.metadata.deletionTimestamp !== undefined) return undefined;
    if (signature === undefined) return session.spec.route.allowPlainCookie ? session : undefined;
    const { uid } = session.metadata;
    const secret = this.options.secrets.peek(uid) ?? (await this.options.secrets.ask(uid));
    return secret !== undefined && sameSecret(value, signedInstance(name, secret)) ? session : undefined;
  }

  /** Whoever has no cookie, or a wrong one. */
  async #leadAway(request: FastifyRequest, reply: FastifyReply, path: string): Promise<FastifyReply> {
    const { fallbackUrl } = this.options.settings;
    const there = URL.canParse(fallbackUrl) ? new URL(fallbackUrl) : undefined;
    const isThere = (there?.pathname ?? fallbackUrl) === path && (there === undefined || there.host === request.host);
    if (!isThere && (request.method === 'GET' || request.method === 'HEAD')) return reply.code(302).header('Location', fallbackUrl).send();
    if (!(await drain(request.raw))) reply.header('Connection', 'close');
    throw notHere('No container of yours is here. Open the page that leads to yours again.', 404);
  }

  async #serve(
    request: FastifyRequest,
    reply: FastifyReply,
    { session, path, query }: { session: Session | undefined; path: string; query: string },
  ): Promise<FastifyReply> {
    if (isTricky(path)) throw notHere('The path has dots or slashes in it that would lead elsewhere. Write it as it is meant.', 400);
    if (session === undefined) throw notHere('There is no container of this name.', 404);
    const wait = preferredWait(header(request, 'prefer'));
    const isWish =
      isNavigation(request.method, request.headers) ||
      (request.method === 'GET' && wait !== undefined && request.headers.upgrade === undefined);
    if (!isWish) {
      if (!(await drain(request.raw))) reply.header('Connection', 'close');
      throw notHere('The container does not answer now, and nothing was done. Open its page to wake it; this request was not a page.');
    }
    const url = localPath(`${path}${query}`, '/');
    const missed = isReady(session);
    const wanted = await this.#want(session, request.id);
    if (wanted === undefined) throw notHere('There is no container of this name any more.', 404);
    if (wait !== undefined) return this.#hold(request, reply, { session: wanted, url, wait, missed });
    return this.#tell(request, reply, { session: wanted, url, missed });
  }

  /** Records that somebody wants it: what is stopped is woken, once however many ask. undefined where it is gone. */
  async #want(session: Session, requestId: string): Promise<Session | undefined> {
    const { uid } = session.metadata;
    this.options.front.uses.note(uid, this.options.front.now());
    if (this.#change(session) === undefined) return session;
    const known = this.#waking.get(uid);
    if (known) return known;
    const waking = this.#write(session, requestId).finally(() => this.#waking.delete(uid));
    this.#waking.set(uid, waking);
    return waking;
  }

  async #write(session: Session, requestId: string): Promise<Session | undefined> {
    const { uid, name } = session.metadata;
    const { store } = this.options.front;
    let current: Session | undefined = session;
    for (let attempt = 0; attempt < ATTEMPTS && current !== undefined; attempt += 1) {
      const wanted = this.#change(current);
      const written: Session | undefined =
        wanted === undefined ? current : await unlessOutrun(() => store.update('Session', askedBy(wanted, requestId)));
      if (written !== undefined) return written;
      const found: Session | undefined = await store.get('Session', name);
      current = found?.metadata.uid === uid ? found : undefined;
    }
    return current;
  }

  /** What a navigation makes of it; undefined where there is nothing to write. */
  #change(session: Session): Session | undefined {
    const now = this.options.front.now();
    if (isLetGo(session)) return keptBy(session, undefined, now);
    if (session.metadata.deletionTimestamp !== undefined || wasWantedSince(session, now)) return undefined;
    return isReady(session) ? reminded(session, now) : retried(session, undefined, now);
  }

  async #hold(
    request: FastifyRequest,
    reply: FastifyReply,
    { session, url, wait, missed }: Answer & { wait: number },
  ): Promise<FastifyReply> {
    reply.header('Preference-Applied', `wait=${wait}`);
    if (missed) await pause(MISSED_MS);
    const after = await this.#untilReady(request, session, wait * 1000);
    if (after === undefined) throw notHere('There is no container of this name any more.', 404);
    if (isReady(after)) return reply.code(302).header('Location', url).send();
    if (isLetGo(after)) throw notHere(viewOf(after).progress.lead);
    return this.#tell(request, reply, { session: after, url, missed: false });
  }

  /** The session once it is ready, or as it is when the time is up, or its sender has left. */
  async #untilReady(request: FastifyRequest, session: Session, ms: number): Promise<Session | undefined> {
    const leaves = new AbortController();
    request.raw.once('close', () => request.raw.destroyed && leaves.abort());
    const { sessions } = this.options.front;
    const endsAt = performance.now() + ms;
    const wait = (of: Session) =>
      untilSession(sessions, of, (now) => isReady(now) || isLetGo(now), { ms: endsAt - performance.now(), signal: leaves.signal });
    const after = await wait(session);
    if (after === undefined || !isLetGo(after)) return after;
    // It ended by itself just when it was asked for: once more, and then it is left alone.
    const again = await this.#want(after, request.id);
    return again && wait(again);
  }

  #tell(request: FastifyRequest, reply: FastifyReply, { session, url, missed }: Answer): FastifyReply {
    const { front, line } = this.options;
    const view = viewOf(session, url, line.placeOf(session));
    const statusUrl = `${DIRECT_STATUS}${view.name}`;
    reply.code(202);
    if (wantsJson(request.headers) || !isNavigation(request.method, request.headers))
      return reply.header('Retry-After', 1).header('Location', statusUrl).send(view);
    const page = waitingPage(view, {
      statusUrl,
      retryUrl: undefined,
      readyUrl: url,
      missedRoute: missed,
      usual: front.usualStart?.(startOf(session).kind),
      contact: front.settings.contact,
      now: front.now(),
    });
    return reply.type('text/html; charset=utf-8').send(page.text);
  }
}
