import { FRONT_HEADER } from '@mooring/resources';
import { schemeOf } from './scheme.js';

/** What FRONT_HEADER says; that it is there is what counts. */
const FRONT_VALUE = '1';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A year: from now on browsers come over TLS only. For this host alone, since what other hosts of the site can do isn't known here. */
const STRICT_TRANSPORT = { 'Strict-Transport-Security': 'max-age=31536000' };

/**
 * What every answer carries, whatever it came over. Pages of other sites can't read, embed or keep hold of ours. The referrer policy is `same-origin`, not `no-referrer`: under the latter browsers send `Origin: null`
 * with our own sign-in form (Fetch standard, "serializing a request origin"), which the form's check would refuse.
 */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  [FRONT_HEADER]: FRONT_VALUE,
  'Cache-Control': 'no-store',
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

const OVER_TLS = { ...COMMON_HEADERS, ...STRICT_TRANSPORT };

/** `protocol`: as Fastify has it. */
export const commonHeaders = (request: { protocol: string }): Readonly<Record<string, string>> =>
  schemeOf(request) === 'https' ? OVER_TLS : COMMON_HEADERS;

const listed = (headers: Readonly<Record<string, string>>): readonly string[] => Object.entries(headers).flat();
const LISTED = { http: listed(COMMON_HEADERS), https: listed(OVER_TLS) };

/** The same as `writeHead` takes them quickest: names and values by turns. */
export const commonHeaderList = (request: { protocol: string }): readonly string[] => LISTED[schemeOf(request)];
