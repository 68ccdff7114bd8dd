export type Scheme = 'http' | 'https';

/**
 * What a request came over, as far as trusted proxies tell. Fastify's `protocol` is X-Forwarded-Proto as it stands, whatever its type says:
 * Traefik puts `wss` there for a WebSocket over TLS, and schemes may be in capital letters (RFC 3986, 3.1).
 */
export const schemeOf = ({ protocol }: { protocol: string }): Scheme => (/^(https|wss)$/i.test(protocol) ? 'https' : 'http');
