import type { Socket } from 'node:net';
import { COMMON_HEADERS } from './headers.js';
import { PROBLEM_TYPE, Problem, problemJson } from './problem.js';
import { MAX_URL_LENGTH, urlTooLong } from './url.js';

/** As Node gives it; Fastify's types describe `rawPacket` as it looks in JSON. */
export interface ParserError extends Error {
  code?: string;
  rawPacket?: Buffer;
}

/** The request line filled the whole allowance for headers: then it is the address that is too long, not a header. */
function isLongUrl(error: ParserError, socket: Socket): boolean {
  const packet = error.rawPacket;
  if (packet === undefined || socket.bytesRead !== packet.length) return false;
  const lineEnd = packet.indexOf('\r\n');
  return lineEnd === -1 || lineEnd > MAX_URL_LENGTH;
}

function problemOf(error: ParserError, socket: Socket): Problem {
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    if (isLongUrl(error, socket)) return urlTooLong();
    return new Problem({
      status: 431,
      code: 'headers-too-large',
      title: 'Request Header Fields Too Large',
      detail: 'The headers (mostly: the cookies) have more than 16 kB. Delete cookies of this site and try again.',
    });
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new Problem({
      status: 408,
      code: 'timeout',
      title: 'Request Timeout',
      detail: 'The request did not arrive in time. Send it again.',
    });
  }
  return new Problem({ status: 400, code: 'bad-request', title: 'Bad Request', detail: 'This is not a request in the form of HTTP/1.1.' });
}

/** Answers what Node's parser refused, before there was a request, and tells with what status; undefined where nobody is there to be answered. */
export function answerClientError(error: ParserError, socket: Socket): number | undefined {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  const problem = problemOf(error, socket);
  const body = problemJson(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...Object.entries(COMMON_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  return problem.status;
}
