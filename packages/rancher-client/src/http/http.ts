import type { z } from 'zod';
import { type Answer, interpret } from './answer.js';
import type { Endpoint } from './endpoint.js';
import { exchange, type Requester } from './exchange.js';
import { requestIdHeader } from './on-behalf-of.js';
import { ConnectionPool } from './pool.js';
import { withRetries } from './retry.js';

export type Query = readonly (readonly [name: string, value: string])[];

export interface HttpRequest<T> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the endpoint's base, with a leading slash. */
  path: string;
  query?: Query;
  body?: object | undefined;
  schema: z.ZodType<T>;
  signal?: AbortSignal | undefined;
  /** Milliseconds for this request instead of the client's. */
  deadlineMs?: number;
  /** Repetitions of this request instead of the client's. */
  retries?: number;
}

/** A request that was answered, or wasn't: each try of a repeated one counts. */
export interface RequestSeen {
  method: string;
  /** The HTTP status, or `<error>` where no answer came, as client-go's metrics say it. */
  code: string;
  seconds: number;
}

export interface HttpOptions {
  endpoint: Endpoint;
  onRequest?: ((seen: RequestSeen) => void) | undefined;
  deadlineMs?: number | undefined;
  retries?: number | undefined;
  requester?: Requester | undefined;
  maxBytes?: number | undefined;
}

export const DEFAULT_DEADLINE_MS = 10_000;
const DEFAULT_RETRIES = 2;
/** 3,000 services with their instances are about 28 MiB (recording 08-01-filter-30: 9 kB each). */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** A path that needs no encoding and has no dots to resolve. */
const PLAIN_PATH = /^(?:\/[\w~-][\w.~-]*)+$/;

const searchOf = (query: Query): string =>
  query.length === 0 ? '' : `?${new URLSearchParams(query.map(([key, value]): [string, string] => [key, value]))}`;

/** Requests to one endpoint: a deadline for each, repetitions of GETs only, typed errors, parsed answers. */
export class HttpClient {
  readonly endpoint: Endpoint;
  readonly deadlineMs: number;
  readonly #retries: number;
  readonly #maxBytes: number;
  readonly #requester: Requester;
  readonly #ownPool: ConnectionPool | undefined;
  readonly #onRequest: ((seen: RequestSeen) => void) | undefined;
  readonly #closing = new AbortController();

  constructor({ endpoint, deadlineMs, retries, requester, maxBytes, onRequest }: HttpOptions) {
    this.endpoint = endpoint;
    this.#onRequest = onRequest;
    this.deadlineMs = deadlineMs ?? DEFAULT_DEADLINE_MS;
    this.#retries = retries ?? DEFAULT_RETRIES;
    this.#maxBytes = maxBytes ?? MAX_ANSWER_BYTES;
    this.#ownPool = requester ? undefined : new ConnectionPool();
    this.#requester = requester ?? (this.#ownPool as ConnectionPool);
  }

  /** Fires when the client is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** @throws RancherError, RancherUnreachableError, or the reason of the signal that called it off */
  request<T>(request: HttpRequest<T>): Promise<T> {
    return withRetries((budgetMs) => this.#try(request, budgetMs), {
      tries: request.method === 'GET' ? (request.retries ?? this.#retries) + 1 : 1,
      deadlineMs: request.deadlineMs ?? this.deadlineMs,
      signals: [request.signal, this.closing],
    });
  }

  async #try<T>({ method, path, query = [], body, schema, signal }: HttpRequest<T>, deadlineMs: number): Promise<T> {
    const { origin } = this.endpoint;
    const name = { method, path: this.#pathOf(path) + searchOf(query) };
    const answer = await this.#seen(
      method,
      exchange({
        name,
        origin,
        headers: { ...this.endpoint.headers, ...requestIdHeader() },
        body: body === undefined ? undefined : JSON.stringify(body),
        requester: this.#requester,
        deadlineMs,
        maxBytes: this.#maxBytes,
        signals: [signal, this.closing],
      }),
    );
    return interpret(name, answer, schema);
  }

  /** As `new URL` would have it, which takes its time. */
  #pathOf(path: string): string {
    return PLAIN_PATH.test(path) ? this.endpoint.prefix + path : new URL(this.endpoint.base + path).pathname;
  }

  async #seen(method: string, exchanged: Promise<Answer>): Promise<Answer> {
    const startedAt = performance.now();
    const tell = (code: string): void => this.#onRequest?.({ method, code, seconds: (performance.now() - startedAt) / 1000 });
    try {
      const answer = await exchanged;
      tell(String(answer.status));
      return answer;
    } catch (error) {
      tell('<error>');
      throw error;
    }
  }

  /** Calls off what is under way and gives the connections back; a requester that was passed in stays open. */
  async close(): Promise<void> {
    if (this.closing.aborted) return;
    this.#closing.abort(new DOMException('The Rancher client was closed.', 'AbortError'));
    await this.#ownPool?.destroy();
  }
}
