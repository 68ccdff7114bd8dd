import type { IncomingMessage } from 'node:http';
import { Problem } from './problem.js';

/** How much of a request, and for how long, a listener takes. Lengths of addresses are in url.ts, since they depend on nobody's setting. */
export interface HttpLimits {
  /** Of a body; a route may take less. */
  bodyBytes: number;
  /** Of the request line and all headers together. */
  headerBytes: number;
  headerCount: number;
  /** Milliseconds until all headers have come, from the connection's opening or the end of its last request. */
  headersTimeoutMs: number;
  /** Milliseconds until the whole request has come. */
  requestTimeoutMs: number;
  /** How often it is looked for requests that are late, in ms: one may take so much longer. */
  checkIntervalMs: number;
  /** Milliseconds that a connection without a request is kept. */
  keepAliveMs: number;
  /** Connections open at once; one more is closed unanswered. */
  connections: number;
}

export const HTTP_LIMITS: HttpLimits = {
  bodyBytes: 64 * 1024,
  headerBytes: 16 * 1024,
  headerCount: 100,
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 60_000,
  checkIntervalMs: 5_000,
  // Longer than Traefik keeps idle connections (90 s), or it may send a request into one that we close.
  keepAliveMs: 120_000,
  // Each page that waits holds one; an open connection takes 10 to 20 kB.
  connections: 20_000,
};

/** What is wrong with a request's headers, if anything. Node itself would leave out, unsaid, those that are too many, or answer in its own form. */
export function headersProblem({ rawHeaders, headers, httpVersion }: IncomingMessage, maxCount: number): Problem | undefined {
  if (rawHeaders.length / 2 > maxCount) {
    return new Problem({
      status: 431,
      code: 'too-many-headers',
      title: 'Request Header Fields Too Large',
      detail: `The request has more than ${maxCount} headers. Send fewer.`,
    });
  }
  if (headers.host !== undefined || httpVersion !== '1.1') return undefined;
  return new Problem({
    status: 400,
    code: 'no-host',
    title: 'Bad Request',
    detail: 'The request has no header Host, which HTTP/1.1 asks for. Send it.',
  });
}
