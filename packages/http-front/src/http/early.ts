import type { IncomingMessage, ServerResponse } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { FastifyInstance } from 'fastify';
import type { AnyRequest } from './any-request.js';
import { type Body, endAtOnce } from './end-at-once.js';
import type { Door } from './metrics.js';

type IsProxy = (address: string | undefined) => boolean;

/** A request that Fastify hasn't seen. `ip` and `protocol` are what Fastify's own would say. */
export class EarlyRequest implements AnyRequest {
  cookies: AnyRequest['cookies'];
  door: Door = 'other';
  unlimited = false;
  /** In ms, as `performance.now()` has it. */
  readonly startedAt = performance.now();
  #id: string | undefined;

  constructor(
    readonly raw: IncomingMessage,
    private readonly options: Pick<EarlyOptions, 'isProxy' | 'newId'>,
  ) {}

  get id(): string {
    this.#id ??= this.options.newId();
    return this.#id;
  }

  get headers() {
    return this.raw.headers;
  }

  get method() {
    return this.raw.method ?? '';
  }

  get ip(): string {
    return proxyAddr.all(this.raw, this.options.isProxy).at(-1) ?? '';
  }

  get protocol(): 'http' | 'https' {
    const told = this.raw.headers['x-forwarded-proto'];
    if (typeof told !== 'string' || told === '' || !this.options.isProxy(this.raw.socket.remoteAddress)) return 'http';
    return told.slice(told.lastIndexOf(',') + 1).trim() as 'http' | 'https';
  }
}

/** Writes the head of an answer at once, and tells its body; or answers undefined and has done nothing: then the request is Fastify's. */
export type AnswerEarly = (request: EarlyRequest, response: ServerResponse) => Body | undefined;

export interface EarlyOptions {
  isProxy: IsProxy;
  newId: () => string;
  /** Told of each request that was answered. */
  answered: (request: EarlyRequest, response: ServerResponse) => void;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * The answers to what came in one turn of the event loop. They are written one after another at its end: under load that takes a quarter less
 * CPU a request than to write each between two that are read (measured).
 */
class Outbox {
  #waiting: { request: EarlyRequest; response: ServerResponse; body: Body }[] = [];

  constructor(private readonly answered: EarlyOptions['answered']) {}

  put(request: EarlyRequest, response: ServerResponse, body: Body): void {
    if (this.#waiting.length === 0) setImmediate(() => this.send());
    this.#waiting.push({ request, response, body });
  }

  send(): void {
    const all = this.#waiting;
    this.#waiting = [];
    for (const { response, body } of all) endAtOnce(response, body);
    for (const { request, response } of all) this.answered(request, response);
  }
}

/**
 * Lets `answer` have each request before Fastify, whose routing, hooks and reply cost more than all the rest of an answer from memory. While
 * the listener closes, every request is Fastify's, which says so; so is one whose answer can't be written, for an answer to that.
 */
export function answerEarly(app: FastifyInstance, answer: AnswerEarly, options: EarlyOptions): void {
  const { server } = app;
  const fastify = server.listeners('request') as Listener[];
  const outbox = new Outbox(options.answered);
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
    // Their heads say that the connection is kept: it is to be found idle, and closed.
    outbox.send();
  });
  const tryAnswer: AnswerEarly = (request, response) => {
    try {
      return answer(request, response);
    } catch (error) {
      if (response.headersSent) throw error;
      return undefined;
    }
  };
  server.removeAllListeners('request');
  server.on('request', (raw, response) => {
    const request = new EarlyRequest(raw, options);
    const body = isClosing ? undefined : tryAnswer(request, response);
    if (body !== undefined) outbox.put(request, response, body);
    else for (const listener of fastify) listener.call(server, raw, response);
  });
}
