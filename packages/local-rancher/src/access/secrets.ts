import { createHash, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789';

/** 20 hex digits, as a key's publicValue. */
export const newPublicValue = (): string => randomBytes(10).toString('hex').toUpperCase();

/** 40 letters and digits, as a key's secretValue and a login's token. */
export const newSecret = (): string => [...randomBytes(40)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');

/** For secrets that are random themselves. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const equal = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

export const isSecret = (secret: string, hash: string): boolean => equal(hashSecret(secret), hash);

const KEY_BYTES = 32;

export const hashPassword = (password: string, salt = randomBytes(16).toString('hex')): string =>
  `${salt}:${scryptSync(password, salt, KEY_BYTES).toString('hex')}`;

export const isPassword = (password: string, hash: string): boolean => equal(hashPassword(password, hash.split(':')[0] ?? ''), hash);
