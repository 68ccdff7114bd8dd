import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

/** Seconds. */
const LIFETIMES = { access: 15 * 60, refresh: 12 * 3600, session: 12 * 3600 } as const;
export type TokenUse = keyof typeof LIFETIMES;

const ISSUER = 'mooring';
const AUDIENCE = 'mooring-containers';
const claimsSchema = z.object({ sub: z.string(), use: z.enum(['access', 'refresh', 'session']), admin: z.boolean() });

export interface Known {
  user: string;
  admin: boolean;
}

/** Signed tokens (JWT, HS256) of those who have signed in with a password; nothing of them is stored. */
export class Tokens {
  constructor(
    /** 32 bytes; whoever has them can be anybody. */
    private readonly key: Uint8Array,
    /** In ms since the epoch. */
    private readonly now: () => number,
  ) {}

  static lifetime(use: TokenUse): number {
    return LIFETIMES[use];
  }

  /** Whether it says that it is one of ours; what that is worth, only `read` tells. */
  static claimsToBeOurs(token: string): boolean {
    try {
      const { iss, aud } = decodeJwt(token);
      return iss === ISSUER && aud === AUDIENCE;
    } catch {
      return false;
    }
  }

  issue({ user, admin }: Known, use: TokenUse): Promise<string> {
    const now = Math.floor(this.now() / 1000);
    return new SignJWT({ use, admin })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(user)
      .setIssuer(ISSUER)
      .setAudience(AUDIENCE)
      .setIssuedAt(now)
      .setExpirationTime(now + LIFETIMES[use])
      .sign(this.key);
  }

  /** Whose token it is; undefined where it is none of ours, of another use, or its time is over. */
  async read(token: string, use: TokenUse): Promise<Known | undefined> {
    try {
      const currentDate = new Date(this.now());
      const { payload } = await jwtVerify(token, this.key, { algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE, currentDate });
      const claims = claimsSchema.parse(payload);
      return claims.use === use ? { user: claims.sub, admin: claims.admin } : undefined;
    } catch {
      return undefined;
    }
  }
}
