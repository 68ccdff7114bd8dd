import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Identity, IdentityProvider } from './identity.js';

export interface LocalOptions {
  /** 32 bytes that sign the tokens; whoever has them can be anybody. */
  key: Buffer;
  /** Seconds that a sign-in holds. */
  maxAgeSeconds?: number;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

/** For one machine: people say who they are and are believed. Tokens are signed, not stored, so a restart forgets nobody. */
export interface LocalIdentityProvider extends IdentityProvider {
  readonly kind: 'local';
  readonly maxAgeSeconds: number;
  /** A token for this person; throws RangeError unless the name is one that `isLocalUser` accepts. */
  issue(user: string): string;
}

const USER = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

export function isLocalUser(user: unknown): user is string {
  return typeof user === 'string' && USER.test(user);
}

/** `user`, and `exp` in seconds since the epoch. */
const payloadSchema = z.strictObject({ user: z.string().regex(USER), exp: z.int() });

const VERSION = 'v1';

function sign(key: Buffer, payload: string): string {
  return createHmac('sha256', key).update(`${VERSION}.${payload}`).digest('base64url');
}

function isSigned(key: Buffer, payload: string, signature: string): boolean {
  const expected = Buffer.from(sign(key, payload));
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function readPayload(payload: string): z.infer<typeof payloadSchema> | undefined {
  try {
    return payloadSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

export function createLocalProvider(options: LocalOptions): LocalIdentityProvider {
  const { key, maxAgeSeconds = 30 * 24 * 3600, now = Date.now } = options;
  if (key.length !== 32) throw new RangeError(`The key of local sign-ins must have 32 bytes, not ${key.length}`);

  function identify(token: string): Identity | undefined {
    const [version, payload, signature, ...rest] = token.split('.');
    if (version !== VERSION || payload === undefined || signature === undefined || rest.length > 0) return undefined;
    if (!isSigned(key, payload, signature)) return undefined;
    const claims = readPayload(payload);
    return claims !== undefined && claims.exp * 1000 > now() ? { user: claims.user, roles: [] } : undefined;
  }

  return {
    kind: 'local',
    maxAgeSeconds,
    identify: async (token) => identify(token),
    known: identify,
    issue(user) {
      if (!isLocalUser(user)) throw new RangeError('A local user name has 1 to 64 letters, digits, ".", "_", "@" or "-"');
      const claims = { user, exp: Math.floor(now() / 1000) + maxAgeSeconds };
      const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return `${VERSION}.${payload}.${sign(key, payload)}`;
    },
  };
}
