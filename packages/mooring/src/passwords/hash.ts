import { pbkdf2, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const stretch = promisify(pbkdf2);

/** OWASP's recommendation for scrypt: 128 MiB and some tenths of a second. */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
const BYTES = 32;
const FORM = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;
/** Django's, which boatload's tool made. */
const DJANGO = /^pbkdf2_sha256\$(\d{1,8})\$([^$]+)\$([A-Za-z0-9+/=]+)$/;

/** More than a hash needs, and less than would hang this program. */
const memoryFor = (N: number, r: number): number => 256 * N * r;

const isPowerOfTwo = (value: number): boolean => value > 1 && Number.isInteger(Math.log2(value));

/** Whether a text is a hash that `verifyPassword` understands. */
export function isPasswordHash(text: string): boolean {
  const [, N = '0', r = '0'] = FORM.exec(text) ?? [];
  return DJANGO.test(text) || (isPowerOfTwo(Number(N)) && memoryFor(Number(N), Number(r)) <= 2 ** 30);
}

/** `scrypt$N$r$p$salt$hash`, the last two in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const { N, r, p } = COST;
  const hash = await derive(password, salt, BYTES, { ...COST, maxmem: memoryFor(N, r) });
  return ['scrypt', N, r, p, salt.toString('base64'), hash.toString('base64')].join('$');
}

const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** Whether a password is the one that was hashed. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [, N, r, p, salt = '', expected = ''] = FORM.exec(hash) ?? [];
  if (N !== undefined) {
    const cost = { N: Number(N), r: Number(r), p: Number(p) };
    const due = Buffer.from(expected, 'base64');
    const options = { ...cost, maxmem: memoryFor(cost.N, cost.r) };
    return isSame(await derive(password, Buffer.from(salt, 'base64'), due.length, options), due);
  }
  const [, rounds, djangoSalt = '', djangoHash = ''] = DJANGO.exec(hash) ?? [];
  if (rounds === undefined) return false;
  const due = Buffer.from(djangoHash, 'base64');
  return isSame(await stretch(password, djangoSalt, Number(rounds), due.length, 'sha256'), due);
}
