import { Agent } from 'undici';
import { Problem } from '../../http/problem.js';

/** Milliseconds. An answer may go on for as long as it likes; one that has not begun is not waited for longer. */
export interface ProxyLimits {
  connectMs: number;
  headersMs: number;
}

const LIMITS: ProxyLimits = { connectMs: 5_000, headersMs: 60_000 };
/** A container is one process or a few: more connections than that to one of its ports are waited for. */
const CONNECTIONS = 64;

export const proxyAgent = ({ connectMs, headersMs }: ProxyLimits = LIMITS): Agent =>
  new Agent({
    connections: CONNECTIONS,
    connect: { timeout: connectMs },
    headersTimeout: headersMs,
    bodyTimeout: 0,
  });

const late = (port: number): Problem =>
  new Problem({
    status: 504,
    code: 'container-late',
    title: 'Gateway Timeout',
    detail: `What listens at port ${port} of the container did not answer in time. Its output may say why.`,
  });

const silent = (port: number): Problem =>
  new Problem({
    status: 502,
    code: 'container-silent',
    title: 'Bad Gateway',
    detail: `Nothing answered at port ${port} of the container as HTTP has it. It must listen at the container's own address (0.0.0.0 or CONTAINER_ADDRESS) on this port, and may need a moment to begin.`,
    retryAfter: 1,
  });

const unfit = (): Problem =>
  new Problem({
    status: 400,
    code: 'bad-url',
    title: 'Bad Request',
    detail: 'The request has a method, a path or a header that HTTP can not carry on. Correct it.',
  });

/** By undici's codes. */
const PROBLEMS: Readonly<Record<string, (port: number) => Problem>> = {
  UND_ERR_INVALID_ARG: unfit,
  UND_ERR_NOT_SUPPORTED: unfit,
  UND_ERR_CONNECT_TIMEOUT: late,
  UND_ERR_HEADERS_TIMEOUT: late,
};

/** Why a container could not be asked, for whoever asked. */
export const toProxyProblem = (error: unknown, port: number): Problem =>
  (PROBLEMS[String((error as { code?: unknown } | undefined)?.code)] ?? silent)(port);
