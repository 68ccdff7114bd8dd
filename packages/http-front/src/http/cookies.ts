import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface NewCookie {
  name: string;
  value: string;
  /** Seconds; until the browser is closed where missing. */
  maxAge?: number;
  /** The paths that it is sent to; all of them where missing. */
  path?: string;
  /** Over TLS only, though the request didn't come so as far as we can tell: TLS may end before us. */
  secure?: boolean;
}

/** Not for scripts, not for other sites' requests (but for links that lead here), and over TLS only where the request came so. */
function attributes(request: FastifyRequest, { maxAge, path = '/', secure = false }: NewCookie): CookieSerializeOptions {
  const overTls = secure || request.protocol === 'https';
  return { path, httpOnly: true, sameSite: 'lax', secure: overTls, ...(maxAge !== undefined && { maxAge }) };
}

/** Takes a cookie away, however it was set. */
export function clearSecretCookie(request: FastifyRequest, reply: FastifyReply, name: string): void {
  const { maxAge: _, ...rest } = attributes(request, { name, value: '' });
  reply.clearCookie(name, rest);
}

export function setSecretCookie(request: FastifyRequest, reply: FastifyReply, cookie: NewCookie): void {
  reply.setCookie(cookie.name, cookie.value, attributes(request, cookie));
}
