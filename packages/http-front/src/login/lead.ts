import type { FastifyReply, FastifyRequest } from 'fastify';
import { wantsJson } from '../http/navigation.js';
import { notSignedIn, tokenRejected } from '../identity/authenticate.js';
import type { SignIn } from './sign-in.js';

/** Leads somebody who isn't signed in to where they can be, and on to `target`. @throws a 401 Problem where there is no such place */
export function leadToSignIn(request: FastifyRequest, reply: FastifyReply, signIn: SignIn, target: string): FastifyReply {
  const url = wantsJson(request.headers) ? undefined : signIn.urlFor(target);
  if (url === undefined) throw notSignedIn();
  return reply.redirect(url, 302);
}

/** Lets somebody sign in again whose sign-in isn't good any more. @throws a 403 Problem where that can't be done here */
export function signInAgain(request: FastifyRequest, reply: FastifyReply, signIn: SignIn, target: string): FastifyReply {
  if (signIn.again === undefined || wantsJson(request.headers)) throw tokenRejected();
  return signIn.again(request, reply, target);
}
