import type { FastifyReply, FastifyRequest } from 'fastify';

/** How people come to be signed in where they aren't. `target`: a path on our own origin, to which they want. */
export interface SignIn {
  /** Where a page sends somebody who isn't signed in; undefined where there is no such place. */
  urlFor(target: string): string | undefined;
  /** Answers a page whose sign-in isn't good any more, and lets them sign in again; where it is missing, a Problem tells them. */
  again?(request: FastifyRequest, reply: FastifyReply, target: string): FastifyReply;
}
