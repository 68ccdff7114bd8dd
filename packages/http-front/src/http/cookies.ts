import { fastifyCookie, type SerializeOptions } from '@fastify/cookie';
import type { FastifyReply } from 'fastify';
import type { AnyRequest } from './any-request.js';
import { schemeOf } from './scheme.js';

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
function attributes(request: AnyRequest, { maxAge, path = '/', secure = false }: NewCookie): SerializeOptions {
  const overTls = secure || schemeOf(request) === 'https';
  return maxAge === undefined
    ? { path, httpOnly: true, sameSite: 'lax', secure: overTls }
    : { path, httpOnly: true, sameSite: 'lax', secure: overTls, maxAge };
}

/** What a request says of a cookie; undefined where it doesn't have it. */
export function cookieOf(request: AnyRequest, name: string): string | undefined {
  const header = request.headers.cookie;
  // Not read before somebody asks: then the plugin has left them out.
  const cookies = request.cookies ?? (header === undefined ? {} : fastifyCookie.parse(header));
  request.cookies = cookies;
  return cookies[name];
}

/** Takes a cookie away, however it was set. */
export function clearSecretCookie(request: AnyRequest, reply: FastifyReply, name: string): void {
  const gone = { ...attributes(request, { name, value: '' }), maxAge: 0, expires: new Date(0) };
  reply.header('Set-Cookie', fastifyCookie.serialize(name, '', gone));
}

/** Values that stand for themselves in a cookie. */
const PLAIN = /^[\w-]+$/;
/** What comes after the value of a cookie of which nothing else is said, by its name. There are few: one for each that we set so. */
const MAX_ENDINGS = 100;
const endings = { http: new Map<string, string>(), https: new Map<string, string>() };

function endingOf(request: AnyRequest, name: string): string {
  const ofScheme = endings[schemeOf(request)];
  const known = ofScheme.get(name);
  if (known !== undefined) return known;
  if (ofScheme.size >= MAX_ENDINGS) ofScheme.clear();
  const ending = fastifyCookie.serialize(name, '', attributes(request, { name, value: '' })).slice(name.length + 1);
  ofScheme.set(name, ending);
  return ending;
}

/** The value of a Set-Cookie header. */
export function secretCookie(request: AnyRequest, cookie: NewCookie): string {
  const { name, value, maxAge, path, secure } = cookie;
  const isUsual = maxAge === undefined && path === undefined && secure === undefined;
  if (isUsual && PLAIN.test(value)) return `${name}=${value}${endingOf(request, name)}`;
  return fastifyCookie.serialize(name, value, attributes(request, cookie));
}

export function setSecretCookie(request: AnyRequest, reply: FastifyReply, cookie: NewCookie): void {
  reply.header('Set-Cookie', secretCookie(request, cookie));
}
