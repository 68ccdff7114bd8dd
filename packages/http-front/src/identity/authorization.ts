/**
 * The token of an Authorization header: `Bearer <token>` (RFC 6750), or the token alone, as KBase's services take it. Any other scheme is
 * not ours: Jupyter has `token <token>`, and `Basic` is what browsers send by themselves.
 */
export function authorizationToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const [scheme = '', token, ...rest] = header.trim().split(/ +/);
  if (rest.length > 0) return undefined;
  if (token === undefined) return scheme === '' ? undefined : scheme;
  return scheme.toLowerCase() === 'bearer' ? token : undefined;
}
