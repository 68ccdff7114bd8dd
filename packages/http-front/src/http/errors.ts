import { STATUS_CODES } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.js';

interface Known {
  code: string;
  detail: string;
}

/** What Fastify refuses by itself, in our words. */
const FASTIFY_ERRORS: Record<string, Known> = {
  FST_ERR_BAD_URL: { code: 'bad-url', detail: 'The path has a broken percent-encoding. Write a percent sign as %25.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported-media-type',
    detail: 'The Content-Type of the body is not one that this address takes. A form is sent as application/x-www-form-urlencoded.',
  },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'url-too-long', detail: 'A part of the address is longer than any name here may be. Shorten it.' },
};

type Asked = Pick<FastifyRequest, 'routeOptions'>;

/** Only what has a route has a body that is read, and a limit for it. */
function knownOf(code: string, request: Asked): Known | undefined {
  if (code !== 'FST_ERR_CTP_BODY_TOO_LARGE') return FASTIFY_ERRORS[code];
  const detail = `The body is longer than the ${request.routeOptions.bodyLimit} bytes that this address takes. Send less.`;
  return { code: 'body-too-large', detail };
}

function clientError(status: number, known: Known | undefined): Problem {
  return new Problem({
    status,
    code: known?.code ?? 'bad-request',
    title: STATUS_CODES[status] ?? 'Bad Request',
    detail: known?.detail ?? 'The request could not be read. Check its headers and its body.',
  });
}

/** Any error as a Problem. What is not known keeps its details for the log: the answer says nothing of the inside. */
export function toProblem(error: unknown, request: Asked): Problem {
  if (error instanceof Problem) return error;
  const { statusCode, code } = error as { statusCode?: unknown; code?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return clientError(statusCode, knownOf(String(code), request));
  return new Problem({
    status: 500,
    code: 'internal',
    title: 'Internal Server Error',
    detail: 'Something went wrong on our side. Try again; if it stays, tell the operators the time at which it happened.',
    cause: error,
  });
}

export function notFound(): Problem {
  return new Problem({
    status: 404,
    code: 'not-found',
    title: 'Not Found',
    detail: 'There is nothing at this address. Notebooks are below /narrative/.',
  });
}
