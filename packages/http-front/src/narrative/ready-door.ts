import type { AnswerEarly, EarlyRequest } from '../http/early.js';
import { HTTP_LIMITS, headersProblem } from '../http/limits.js';
import { isNavigation, wantsJson } from '../http/navigation.js';
import { isPlainPath } from '../http/url.js';
import { type AuthenticatorOptions, callerInMemory, counted } from '../identity/authenticate.js';
import type { RateLimits } from '../limits/rate.js';
import type { FrontOptions } from '../options.js';
import type { RouteSecrets } from '../sessions/route-secrets.js';
import { beginReady } from './ready-answer.js';
import { readyBerths } from './ready-berth.js';
import type { ReadyPages } from './ready-pages.js';

export interface ReadyDoorOptions {
  front: FrontOptions;
  known: AuthenticatorOptions;
  limits: RateLimits;
  secrets: RouteSecrets;
  pages: ReadyPages;
}

const BELOW = /^\/narrative(?:[/?]|$)/;

/** A browser's page below /narrative/ that nothing is to be said against, written so that there is but one way to read it. */
function isPlainWish({ raw }: EarlyRequest): boolean {
  const { url = '', method = '', headers } = raw;
  if (!BELOW.test(url) || !isNavigation(method, headers) || wantsJson(headers)) return false;
  return isPlainPath(url) && headersProblem(raw, HTTP_LIMITS.headerCount) === undefined;
}

/**
 * Answers the wish of somebody who is known from memory, whose session is ready, and who has not asked too often: what narrativeDoor answers
 * to it, by the same rules. Everything else is left to that.
 */
export function readyDoor({ front, known, limits, secrets, pages }: ReadyDoorOptions): AnswerEarly {
  const berthOf = readyBerths({ ...front, secrets });
  const parts = { front, pages };
  return (request, response) => {
    if (!isPlainWish(request)) return undefined;
    request.door = 'narrative';
    const caller = callerInMemory(request, known);
    if (caller?.kind !== 'known' || !limits.admits(request, caller.identity.user)) return undefined;
    const berth = berthOf(caller.identity.user);
    if (berth === undefined) return undefined;
    limits.request(request);
    counted(caller, request, known);
    return beginReady(request, response, berth, parts);
  };
}
