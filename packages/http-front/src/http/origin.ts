import type { FastifyRequest } from 'fastify';
import type { Evidence } from '../identity/caller.js';
import { Problem } from './problem.js';

/** What a browser says of the page that a request comes from: nothing, that it is ours, or that it is another's. */
type Sender = 'unsaid' | 'ours' | 'foreign';

/** An Origin is compared without its scheme: TLS may end before us. `null` (a sandbox, a file) is foreign. */
const isOurs = (origin: string, host: string): boolean => URL.canParse(origin) && new URL(origin).host === host;

function senderOf(request: FastifyRequest): Sender {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined && !isOurs(origin, request.host)) return 'foreign';
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'foreign';
  return origin === undefined && site === undefined ? 'unsaid' : 'ours';
}

function foreignOrigin(): Problem {
  return new Problem({
    status: 403,
    code: 'foreign-origin',
    title: 'Forbidden',
    detail: 'This was sent by a page of another site, and nothing was changed. Do it from a page of this one.',
  });
}

function unknownOrigin(): Problem {
  return new Problem({
    status: 403,
    code: 'unknown-origin',
    title: 'Forbidden',
    detail:
      'Nothing tells which page sent this, and nothing was changed. A program sends its token in the header Authorization rather than in a cookie.',
  });
}

/** Whether a request was sent by another site's page. */
export const isForeign = (request: FastifyRequest): boolean => senderOf(request) === 'foreign';

/** Whoever is known by what a browser sends by itself must have been sent by one of our pages; on one machine (`local`) a script may be, too. */
export interface OriginRule {
  by: Evidence;
  local: boolean;
}

/**
 * Lets a request change something only if no other site can have sent it in its reader's name (cross-site request forgery): by Origin and
 * Fetch Metadata where a browser says them; where neither is there, by a credential that no browser sends unasked.
 *
 * @throws a 403 Problem
 */
export function checkOrigin(request: FastifyRequest, { by, local }: OriginRule): void {
  const sender = senderOf(request);
  if (sender === 'foreign') throw foreignOrigin();
  if (sender === 'unsaid' && by !== 'authorization' && !local) throw unknownOrigin();
}
