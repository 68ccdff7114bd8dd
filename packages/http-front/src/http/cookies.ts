import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface NewCookie {
  name: string;
  value: string;
  /** Seconds; until the browser is closed where missing. */
  maxAge?: number;
}

/** Not for scripts, not for other sites' requests (but for links that lead here), and over TLS only where the request came so. */
function attributes(request: FastifyRequest, maxAge: number | undefined): CookieSerializeOptions {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: request.protocol === 'https', ...(maxAge !== undefined && { maxAge }) };
}

export function setSecretCookie(request: FastifyRequest, reply: FastifyReply, cookie: NewCookie): void {
  reply.setCookie(cookie.name, cookie.value, attributes(request, cookie.maxAge));
}
