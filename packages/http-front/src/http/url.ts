import { Problem } from './problem.js';

/** In characters of the request line's target, the query included. */
export const MAX_URL_LENGTH = 8192;

export function urlTooLong(): Problem {
  return new Problem({
    status: 414,
    code: 'url-too-long',
    title: 'URI Too Long',
    detail: `The address has more than ${MAX_URL_LENGTH} characters. Shorten it.`,
  });
}

/** What is wrong with a request's target, if anything. */
export function urlProblem(target: string): Problem | undefined {
  if (target.length > MAX_URL_LENGTH) return urlTooLong();
  if (target.includes('%00')) {
    return new Problem({
      status: 400,
      code: 'bad-url',
      title: 'Bad Request',
      detail: 'The address contains %00, a NUL character, which no path or query may hold. Leave it out.',
    });
  }
  return undefined;
}

const BRACKET_IN_PATH = /^[^?]*(?:[<>]|%3[ce])/i;

/**
 * What is wrong with a path as a page's, if anything. Angle brackets are refused, spelt as they are or in percent: notebooks hardly have
 * them, somebody who tries out what a page lets through does.
 */
export function pagePathProblem(target: string): Problem | undefined {
  if (!BRACKET_IN_PATH.test(target)) return undefined;
  return new Problem({
    status: 400,
    code: 'bad-url',
    title: 'Bad Request',
    detail: 'The path contains an angle bracket (< or >), which no page here may. Leave it out, or rename the file from /narrative/.',
  });
}

const ANY_ORIGIN = 'http://mooring.invalid';
// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop tabs and newlines from URLs, so "/\t/host" would lead elsewhere
const CONTROL = /[\u0000-\u001f\u007f]/;

/** What needs no parser: segments of letters, digits and a few signs, none of which begins with a dot, and a query of the same. */
const PLAIN_PATH = /^(?:\/[\w~-][\w~.-]*)+\/?(?:\?[\w~.=&-]*)?$/;

/** Whether a target is a path on our own origin as it stands, whoever reads it: nothing in it is encoded, or could lead elsewhere. */
export const isPlainPath = (target: string): boolean => target.length <= MAX_URL_LENGTH && PLAIN_PATH.test(target);

function parse(value: string): URL | undefined {
  try {
    return new URL(value, ANY_ORIGIN);
  } catch {
    return undefined;
  }
}

/**
 * A path with its query on our own origin, in ASCII, fit for a Location header; `fallback` for whatever could lead elsewhere
 * (scheme-relative `//host` and `/\host`, absolute addresses, control characters) or isn't a path.
 */
export function localPath(value: unknown, fallback: string): string {
  if (typeof value === 'string' && isPlainPath(value)) return value;
  if (typeof value !== 'string' || value.length > MAX_URL_LENGTH || !value.startsWith('/') || CONTROL.test(value)) return fallback;
  const url = parse(value);
  if (url === undefined || url.origin !== ANY_ORIGIN || url.pathname.startsWith('//')) return fallback;
  return `${url.pathname}${url.search}${url.hash}`;
}
