import { createHmac, randomBytes } from 'node:crypto';
import { sameSecret } from '../http/constant-time.js';
import type { Users } from './users.js';

export interface TokenOptions {
  /** 32 bytes that nobody else has. */
  key: Buffer;
  maxAgeSeconds: number;
  /** In ms since the epoch. */
  now: () => number;
}

const FORM = /^([A-Za-z0-9_-]{1,90})\.(\d{1,16})\.([0-9a-f]{16})\.([A-Za-z0-9_-]{43})$/;

/**
 * Tokens of who has signed in. They are signed and not stored, so a restart forgets nobody; a user's new password, or their leaving the users
 * file, ends theirs.
 */
export class Tokens {
  constructor(private readonly options: TokenOptions) {}

  issue(user: string, users: Users): string {
    const { now, maxAgeSeconds } = this.options;
    const claims = `${Buffer.from(user).toString('base64url')}.${now() + maxAgeSeconds * 1000}.${randomBytes(8).toString('hex')}`;
    return `${claims}.${this.#sign(claims, users.get(user) ?? '')}`;
  }

  /** Whose it is; `expired` where it was good. */
  read(token: string, users: Users): { user: string } | 'invalid' | 'expired' {
    const [, name = '', until = '', nonce, signature = ''] = FORM.exec(token) ?? [];
    const user = Buffer.from(name, 'base64url').toString();
    const hash = users.get(user);
    if (hash === undefined || !sameSecret(this.#sign(`${name}.${until}.${nonce}`, hash), signature)) return 'invalid';
    return this.options.now() < Number(until) ? { user } : 'expired';
  }

  #sign(claims: string, hash: string): string {
    return createHmac('sha256', this.options.key).update(`direct token ${claims} ${hash}`).digest('base64url');
  }
}
