import type { ServerResponse } from 'node:http';
import type { AnyRequest } from '../http/any-request.js';
import { cookieOf, type NewCookie, secretCookie } from '../http/cookies.js';
import type { Body } from '../http/end-at-once.js';
import { commonHeaderList } from '../http/headers.js';
import { localPath } from '../http/url.js';
import type { FrontOptions } from '../options.js';
import { routeCookie } from '../sessions/route-cookie.js';
import { startOf } from '../sessions/start.js';
import { isReady } from '../sessions/status.js';
import { readyUrl } from './ready-page.js';
import type { ReadyPages } from './ready-pages.js';
import type { Berth } from './wish.js';

const HOME = '/narrative/';
export const PAGE = 'text/html; charset=utf-8';

type Front = Pick<FrontOptions, 'settings' | 'usualStart' | 'now'>;

/** The page that was asked for. `/narrative` alone never reaches a session, whose route begins with `/narrative/`. */
export function targetOf({ raw: { url } }: AnyRequest): string {
  return localPath(url?.startsWith(HOME) ? url : url?.replace(/^\/narrative(?=$|\?)/, HOME), HOME);
}

export const cookieFor = ({ session, secret }: Berth, { settings }: Front): NewCookie => ({
  name: routeCookie(session, settings.sessionCookie),
  value: secret,
});

/** What a page says besides how far its session is. `url`: the page that was asked for. */
export function surroundings(request: AnyRequest, { session, secret }: Berth, url: string, front: Front) {
  const { settings } = front;
  const cameWithCookie = cookieOf(request, routeCookie(session, settings.sessionCookie)) === secret;
  return {
    readyUrl: readyUrl(url, settings.readyPage),
    missedRoute: cameWithCookie && isReady(session),
    usual: front.usualStart?.(startOf(session).kind),
    now: front.now(),
  };
}

/**
 * Writes the head of an answer with the page of a session that is ready, past Fastify's reply, which would cost more than all the rest of it;
 * what it answers is still to be sent.
 *
 * @throws where a header can't be written; then nothing was
 */
export function beginReady(
  request: AnyRequest,
  response: ServerResponse,
  berth: Berth,
  { front, pages }: { front: Front; pages: ReadyPages },
): Body {
  const url = targetOf(request);
  const page = pages.page(berth.session, url, surroundings(request, berth, url, front));
  const cookie = secretCookie(request, cookieFor(berth, front));
  const length = String(page.encoding === 'latin1' ? page.text.length : Buffer.byteLength(page.text));
  const own = ['X-Request-Id', request.id, 'Set-Cookie', cookie, 'Content-Type', PAGE, 'Content-Length', length];
  response.writeHead(201, [...commonHeaderList(request), ...own]);
  return page;
}
