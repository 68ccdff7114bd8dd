import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { isPassword, kindOfHash } from '@mooring/http-front';

const stretch = promisify(pbkdf2);

/** Django's, which boatload's tool made. */
const DJANGO = /^pbkdf2_sha256\$(\d{1,8})\$([^$]+)\$([A-Za-z0-9+/=]+)$/;

/** Whether a text is a hash that `verifyPassword` understands: of `mooring hash-password`, or Django's. A plain SHA-256 is none. */
export const isPasswordHash = (text: string): boolean => DJANGO.test(text) || !['old', undefined].includes(kindOfHash(text));

/** Whether a password is the one that was hashed. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [, rounds, salt = '', expected = ''] = DJANGO.exec(hash) ?? [];
  if (rounds === undefined) return isPasswordHash(hash) && isPassword(password, hash);
  const due = Buffer.from(expected, 'base64');
  const found = await stretch(password, salt, Number(rounds), due.length, 'sha256');
  return found.length === due.length && timingSafeEqual(found, due);
}
