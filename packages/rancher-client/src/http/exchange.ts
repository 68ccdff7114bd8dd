import type { Dispatcher } from 'undici';
import { RancherUnreachableError, type RequestName } from '../errors.js';
import { type Answer, invalidAnswer } from './answer.js';
import { type Deadline, startDeadline } from './deadline.js';
import { connectionFailure } from './failure.js';

/** One request as it goes out, and its limits. */
export interface Exchange {
  name: RequestName;
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string | undefined;
  dispatcher: Dispatcher;
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

async function send({ url, name, headers, body, dispatcher, ...limits }: Exchange, signal: AbortSignal): Promise<Answer> {
  // globalThis.fetch rather than undici's own, so that whatever instruments fetch sees the requests; it takes undici's dispatcher.
  const response = await fetch(url, {
    method: name.method,
    headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
    body: body ?? null,
    redirect: 'manual',
    signal,
    // The types of fetch are those of the undici inside Node, a version behind.
    dispatcher: dispatcher as unknown as NonNullable<RequestInit['dispatcher']>,
  });
  const text = await readText(response, limits.maxBytes, signal);
  if (text === undefined) throw invalidAnswer(name, response.status, `the answer has more than ${limits.maxBytes} bytes`);
  return { status: response.status, text, location: response.headers.get('location') };
}

/** The body as text, or undefined where it is larger than allowed. */
async function readText(response: Response, maxBytes: number, signal: AbortSignal): Promise<string | undefined> {
  const reader = response.body?.getReader();
  if (!reader) return '';
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      bytes += read.value.byteLength;
      if (bytes > maxBytes) return undefined;
      chunks.push(read.value);
    }
    signal.throwIfAborted();
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    signal.removeEventListener('abort', cancel);
    cancel();
  }
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
