import { RancherUnreachableError, type RequestName } from '../errors.js';
import { type Answer, invalidAnswer } from './answer.js';
import { type Deadline, startDeadline } from './deadline.js';
import { connectionFailure } from './failure.js';

/** One request as whoever sends it is told. */
export interface RequesterCall {
  origin: string;
  /** With the query. */
  path: string;
  method: RequestName['method'];
  headers: Record<string, string>;
  body: string | null;
  /** Bytes of the largest answer that is read. */
  maxBytes: number;
  signal: AbortSignal;
}

export interface RequesterAnswer extends Omit<Answer, 'text'> {
  /** The whole body; undefined where it is larger than allowed. */
  text: string | undefined;
}

/** Sends a request and takes its whole answer in. It is not followed where it leads elsewhere; what throws is a connection's failure, or the signal's reason. */
export interface Requester {
  request(call: RequesterCall): Promise<RequesterAnswer>;
}

/** One request as it goes out, and its limits. */
export interface Exchange {
  name: RequestName;
  origin: string;
  headers: Readonly<Record<string, string>>;
  body?: string | undefined;
  requester: Requester;
  deadlineMs: number;
  /** Bytes of the largest answer that is read. */
  maxBytes: number;
  /** Whoever may call the request off. */
  signals: readonly (AbortSignal | undefined)[];
}

/**
 * Sends one request once and reads the whole answer; the body counts against the deadline too.
 * @throws RancherUnreachableError, or the reason of the signal that called it off
 */
export async function exchange(request: Exchange): Promise<Answer> {
  const deadline = startDeadline(request.deadlineMs, request.signals);
  try {
    deadline.signal.throwIfAborted();
    return await send(request, deadline.signal);
  } catch (error) {
    throw translate(error, request, deadline);
  } finally {
    deadline.release();
  }
}

async function send({ name, origin, headers, body, requester, maxBytes }: Exchange, signal: AbortSignal): Promise<Answer> {
  const { status, location, text } = await requester.request({
    ...{ ...name, origin, signal, maxBytes },
    headers: body === undefined ? { ...headers } : { ...headers, 'Content-Type': 'application/json' },
    body: body ?? null,
  });
  if (text === undefined) throw invalidAnswer(name, status, `the answer has more than ${maxBytes} bytes`);
  return { status, text, location };
}

function translate(error: unknown, { name, deadlineMs }: Exchange, deadline: Deadline): unknown {
  if (error instanceof RancherUnreachableError) return error;
  if (deadline.expired) {
    const reason = `no complete answer within ${Math.round(deadlineMs)} ms`;
    return new RancherUnreachableError(name, { code: 'Timeout', outcome: 'unknown', reason });
  }
  if (deadline.signal.aborted) return deadline.signal.reason;
  return new RancherUnreachableError(name, connectionFailure(error));
}
