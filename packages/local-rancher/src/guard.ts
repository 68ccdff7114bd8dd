import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4 } from 'node:net';

const hostNameOf = (host: string): string | undefined => {
  const authority = `http://${host}`;
  return URL.canParse(authority) ? new URL(authority).hostname : undefined;
};

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'));

const FOREIGN_SITES: ReadonlySet<unknown> = new Set(['cross-site', 'same-site']);

/**
 * Why a request is refused, or undefined. There is no authentication here and a POST starts processes, so no web page
 * may reach it: neither from another site (Origin, Sec-Fetch-Site) nor under a name that resolves to this machine (Host).
 */
export const refusalOf = (headers: IncomingHttpHeaders, otherHosts: readonly string[] = []): string | undefined => {
  const name = hostNameOf(headers.host ?? '');
  if (name === undefined || !(isLoopback(name) || otherHosts.includes(name))) {
    return `the Host header ${JSON.stringify(headers.host ?? '')} is no loopback name: use 127.0.0.1`;
  }
  if (headers.origin !== undefined || FOREIGN_SITES.has(headers['sec-fetch-site']))
    return 'requests of web pages are not served: use a program';
  return undefined;
};
