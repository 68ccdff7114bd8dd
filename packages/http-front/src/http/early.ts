import type { IncomingMessage, ServerResponse } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { FastifyInstance } from 'fastify';
import type { AnyRequest } from './any-request.js';
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

/** Answers a request whole and at once, or answers false and has done nothing: then it is Fastify's. */
export type AnswerEarly = (request: EarlyRequest, response: ServerResponse) => boolean;

export interface EarlyOptions {
  isProxy: IsProxy;
  newId: () => string;
  /** Told of each request that was answered. */
  answered: (request: EarlyRequest, response: ServerResponse) => void;
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Lets `answer` have each request before Fastify, whose routing, hooks and reply cost more than all the rest of an answer from memory. While
 * the listener closes, every request is Fastify's, which says so; so is one whose answer can't be written, for an answer to that.
 */
export function answerEarly(app: FastifyInstance, answer: AnswerEarly, options: EarlyOptions): void {
  const { server } = app;
  const fastify = server.listeners('request') as Listener[];
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  const isAnswered: AnswerEarly = (request, response) => {
    try {
      return answer(request, response);
    } catch (error) {
      if (response.headersSent) throw error;
      return false;
    }
  };
  server.removeAllListeners('request');
  server.on('request', (raw, response) => {
    const request = new EarlyRequest(raw, options);
    if (!isClosing && isAnswered(request, response)) options.answered(request, response);
    else for (const listener of fastify) listener.call(server, raw, response);
  });
}
