import { WebSocket } from 'ws';
import { RancherUnreachableError, type RequestName, type Unreachable } from '../errors.js';
import { type Deadline, startDeadline } from '../http/deadline.js';
import type { Endpoint } from '../http/endpoint.js';
import type { HttpClient } from '../http/http.js';

/** How long a stream may be read, and how much of it. */
export interface StreamLimits {
  /** Milliseconds from the call to the end of the stream. */
  deadlineMs?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Bytes of what is read; more of it is an error. */
  maxBytes?: number | undefined;
}

interface Access {
  url: string;
  token: string;
}

/** Where a stream is read from, and what limits it. */
export interface FrameSource {
  endpoint: Endpoint;
  access: Access;
  deadline: Deadline;
  maxBytes: number;
}

/**
 * The address of a stream at the configured origin: what host Rancher believes itself to be depends on the headers of whoever asks
 * (README 12), so only the path of its answer counts, and the token goes nowhere else.
 */
function locate({ base }: Endpoint, { url, token }: Access): { name: RequestName; address: string } {
  const name = { method: 'GET', path: URL.canParse(url) ? new URL(url).pathname : '/' };
  if (!URL.canParse(url)) throw failure(name, { code: 'InvalidAnswer', outcome: 'not-sent', reason: "the stream's address is no URL" });
  return { name, address: `${new URL(base).origin.replace(/^http/, 'ws')}${name.path}?token=${encodeURIComponent(token)}` };
}

const failure = (name: RequestName, unreachable: Unreachable): RancherUnreachableError => new RancherUnreachableError(name, unreachable);

/** What a socket has brought, between its events and the one who reads. */
class Inbox {
  readonly #frames: string[] = [];
  #characters = 0;
  #end: { error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(
    private readonly name: RequestName,
    private readonly maxBytes: number,
  ) {}

  push(frame: string): void {
    this.#characters += frame.length;
    if (this.#characters > this.maxBytes) this.fail({ code: 'InvalidAnswer', reason: `more than ${this.maxBytes} bytes came` });
    else if (!this.#end) this.#frames.push(frame);
    this.#wake?.();
  }

  fail(why: Omit<Unreachable, 'outcome'>): void {
    this.end({ error: failure(this.name, { outcome: 'unknown', ...why }) });
  }

  /** The first end counts. */
  end(end: { error?: unknown }): void {
    this.#end ??= end;
    this.#wake?.();
  }

  /** The next frame, or undefined after the last. @throws what ended the stream before its time */
  async next(): Promise<string | undefined> {
    while (this.#frames.length === 0 && !this.#end) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#end?.error !== undefined) throw this.#end.error;
    return this.#frames.shift();
  }
}

/** No close frame came: the connection broke (RFC 6455, 7.1.5). */
const BROKEN = 1006;

/**
 * The frames of a stream until Rancher closes it. A host that is lost closes it too: what must be whole needs an end of its own.
 * @throws RancherUnreachableError, or the reason of the signal that called it off
 */
export async function* readFrames({ endpoint, access, deadline, maxBytes }: FrameSource): AsyncGenerator<string, void, undefined> {
  const { name, address } = locate(endpoint, access);
  const inbox = new Inbox(name, maxBytes);
  const { signal } = deadline;
  const abort = (): void => inbox.end({ error: signal.reason });
  signal.throwIfAborted();
  const socket = new WebSocket(address, { followRedirects: false, perMessageDeflate: false, maxPayload: maxBytes });
  socket.on('message', (data) => inbox.push(String(data)));
  socket.on('error', (error) => inbox.fail({ code: 'Connection', reason: `the stream failed (${error.message})`, cause: error }));
  socket.on('close', (code) => {
    if (code === BROKEN) inbox.fail({ code: 'Connection', reason: 'the stream broke off' });
    else inbox.end({});
  });
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (let frame = await inbox.next(); frame !== undefined; frame = await inbox.next()) yield frame;
  } finally {
    signal.removeEventListener('abort', abort);
    socket.terminate();
  }
}

/** The time for a call and its stream together. */
export async function* withinDeadline<T>(
  { http, name, deadlineMs, signal }: { http: HttpClient; name: RequestName; deadlineMs: number; signal: AbortSignal | undefined },
  read: (deadline: Deadline) => AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  const deadline = startDeadline(deadlineMs, [signal, http.closing]);
  try {
    yield* read(deadline);
  } catch (error) {
    if (!deadline.expired) throw error;
    throw failure(name, { code: 'Timeout', outcome: 'unknown', reason: `the stream had not ended within ${deadlineMs} ms` });
  } finally {
    deadline.release();
  }
}
