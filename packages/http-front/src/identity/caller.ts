import type { FastifyRequest } from 'fastify';
import type { Identity } from './identity.js';

/** What told who somebody is. Browsers send cookies by themselves, and a proxy adds its header for them; nobody sends Authorization unasked. */
export type Evidence = 'authorization' | 'cookie' | 'proxy';

export interface KnownCaller {
  kind: 'known';
  identity: Identity;
  by: Evidence;
}

/** What a request says of who sent it. */
export type Caller = { kind: 'nobody' } | { kind: 'rejected' } | KnownCaller;

/** Reads the caller off a request: at once where it is known from memory; throws, or rejects with, a 503 Problem while the provider can't say. */
export type Authenticate = (request: FastifyRequest) => Caller | Promise<Caller>;
