import type { IncomingHttpHeaders } from 'node:http';

/** Who asked and how: what links in the answer are made of. */
export interface Origin {
  protocol: string;
  /** With the port, where it isn't the protocol's own. */
  host: string;
}

type Header = string | string[] | undefined;

export const firstOf = (header: Header): string | undefined => (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim();

const DEFAULT_PORTS: ReadonlySet<string | undefined> = new Set([undefined, '80', '443']);

const withPort = (host: string, port: string | undefined): string => {
  if (DEFAULT_PORTS.has(port)) return host;
  return `${host.replace(/:\d+$/, '')}:${port}`;
};

/**
 * X-Forwarded-Proto, -Host and -Port shape the links of an answer (recording 11-11); the latter two only beside the
 * first: without it the request's own address counts. X-API-request-url is not heard (11-11b).
 */
export const originOf = (headers: IncomingHttpHeaders): Origin => {
  const own = headers.host ?? '127.0.0.1';
  const protocol = firstOf(headers['x-forwarded-proto']);
  if (protocol === undefined) return { protocol: 'http', host: own };
  return { protocol, host: withPort(firstOf(headers['x-forwarded-host']) ?? own, firstOf(headers['x-forwarded-port'])) };
};
