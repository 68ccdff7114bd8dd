import { RancherUnreachableError, type RequestName } from '../errors.js';
import { type Answer, invalidAnswer } from './answer.js';
import { type Deadline, startDeadline } from './deadline.js';
import { connectionFailure } from './failure.js';

/** Sends requests, as undici's dispatchers do: what comes back is not followed where it leads elsewhere. */
export interface Requester {
  request(call: {
    origin: string;
    /** With the query. */
    path: string;
    method: RequestName['method'];
    headers: Record<string, string>;
    body: string | null;
    signal: AbortSignal;
  }): Promise<{ statusCode: number; headers: Record<string, string | string[] | undefined>; body: AsyncIterable<Uint8Array> }>;
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

/** Not by fetch, which takes the CPU several times as long for the same call. */
async function send({ name, origin, headers, body, requester, maxBytes }: Exchange, signal: AbortSignal): Promise<Answer> {
  const response = await requester.request({
    ...{ ...name, origin, signal },
    headers: body === undefined ? { ...headers } : { ...headers, 'Content-Type': 'application/json' },
    body: body ?? null,
  });
  const text = await readText(response.body, maxBytes);
  if (text === undefined) throw invalidAnswer(name, response.statusCode, `the answer has more than ${maxBytes} bytes`);
  const { location } = response.headers;
  return { status: response.statusCode, text, location: typeof location === 'string' ? location : null };
}

/** The body as text, or undefined where it is larger than allowed. */
async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
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
