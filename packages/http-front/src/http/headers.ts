import { FRONT_HEADER } from '@mooring/resources';

/** What FRONT_HEADER says; that it is there is what counts. */
export const FRONT_VALUE = '1';

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

/**
 * What every answer carries. The referrer policy is `same-origin`, not `no-referrer`: under the latter browsers send `Origin: null`
 * with our own sign-in form (Fetch standard, "serializing a request origin"), which the form's check would refuse.
 */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  [FRONT_HEADER]: FRONT_VALUE,
  'Cache-Control': 'no-store',
  'Content-Security-Policy': POLICY,
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};
