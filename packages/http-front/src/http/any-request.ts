import type { FastifyRequest } from 'fastify';

type Seen = Pick<FastifyRequest, 'id' | 'raw' | 'headers' | 'method' | 'ip' | 'protocol' | 'door' | 'unlimited'>;

/** What is looked at of a request, whether Fastify has made one of its own of it or not. */
export interface AnyRequest extends Seen {
  /** Undefined until somebody asks for one (`cookieOf`). */
  cookies?: FastifyRequest['cookies'] | undefined;
}
