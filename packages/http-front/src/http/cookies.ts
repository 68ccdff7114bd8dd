import type { SerializeOptions } from '@fastify/cookie';
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
function attributes(request: FastifyRequest, { maxAge, path = '/', secure = false }: NewCookie): SerializeOptions {
  const overTls = secure || request.protocol === 'https';
  return { path, httpOnly: true, sameSite: 'lax', secure: overTls, ...(maxAge !== undefined && { maxAge }) };
}

/** What a request says of a cookie; undefined where it doesn't have it. */
export function cookieOf(request: FastifyRequest, name: string): string | undefined {
  const header = request.headers.cookie;
  // Not read before somebody asks: then the plugin has left them out.
  request.cookies ??= header === undefined ? {} : request.server.parseCookie(header);
  return request.cookies[name];
}

/** Takes a cookie away, however it was set. */
export function clearSecretCookie(request: FastifyRequest, reply: FastifyReply, name: string): void {
  const gone = { ...attributes(request, { name, value: '' }), maxAge: 0, expires: new Date(0) };
  reply.header('Set-Cookie', request.server.serializeCookie(name, '', gone));
}

export function setSecretCookie(request: FastifyRequest, reply: FastifyReply, cookie: NewCookie): void {
  reply.header('Set-Cookie', request.server.serializeCookie(cookie.name, cookie.value, attributes(request, cookie)));
}
