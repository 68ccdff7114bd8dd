import type { IncomingHttpHeaders } from 'node:http';
import { acceptsType } from './accept.js';

/** A script that asks for JSON on its own behalf: a page's script would carry one of these. */
function isBareScript(headers: IncomingHttpHeaders): boolean {
  return (
    acceptsType(headers.accept, 'application/json') &&
    headers['x-requested-with'] === undefined &&
    headers.referer === undefined &&
    headers.origin === undefined
  );
}

/**
 * Whether a request is a person's (or a script's) wish to be at a page: only such a one may create or wake a session. A tab that polls or
 * saves into a session that is gone isn't. Browsers say it by Sec-Fetch-Mode (Fetch Metadata); where that is missing (scripts,
 * old browsers, plain http), Accept decides.
 */
export function isNavigation(method: string, headers: IncomingHttpHeaders): boolean {
  if (method !== 'GET' || headers.upgrade !== undefined) return false;
  const mode = headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate';
  return acceptsType(headers.accept, 'text/html') || isBareScript(headers);
}

/** HTML wins wherever it is accepted; JSON is for those who ask for it and not for HTML. */
export function wantsJson(headers: IncomingHttpHeaders): boolean {
  return acceptsType(headers.accept, 'application/json') && !acceptsType(headers.accept, 'text/html');
}

/** Whether a problem is better told by a page: somebody looks at the answer (a form's POST among them). */
export function wantsPage(headers: IncomingHttpHeaders): boolean {
  const mode = headers['sec-fetch-mode'];
  return (mode === undefined || mode === 'navigate') && headers.upgrade === undefined && acceptsType(headers.accept, 'text/html');
}
