import { createHash, randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { sameSecret } from '../http/constant-time.js';

/** OWASP's least for scrypt: 32 MiB of memory and a tenth of a second a try. */
const COST = { ln: 15, r: 8, p: 1 };
const KEY_BYTES = 32;
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,88})\$([A-Za-z0-9+/]{43})$/;
const SHA256 = /^[0-9a-f]{64}$/i;

function derive(password: string, salt: Buffer, { ln, r, p }: typeof COST): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** ln, r, p, maxmem: 256 * 2 ** ln * r };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

const plain64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** A line's second half for a users file: a PHC string, `$scrypt$ln=…$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${plain64(salt)}$${plain64(key)}`;
}

/** `old`: a plain SHA-256, which whoever has the file finds the password to in no time. */
export function kindOfHash(hash: string): 'scrypt' | 'old' | undefined {
  const [, ln, r, p] = PHC.exec(hash) ?? [];
  // What takes more than 256 MiB would be a way to stop us.
  if (ln !== undefined) return 2 ** Number(ln) * Number(r) <= 2 ** 21 && Number(p) <= 4 && Number(ln) >= 10 ? 'scrypt' : undefined;
  return SHA256.test(hash) ? 'old' : undefined;
}

/** Whether a password is the one that was hashed; false for a hash of an unknown kind. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, ln, r, p, salt = '', key = ''] = PHC.exec(hash) ?? [];
  if (ln === undefined) return SHA256.test(hash) && sameSecret(createHash('sha256').update(password).digest('hex'), hash.toLowerCase());
  const found = await derive(password, Buffer.from(salt, 'base64'), { ln: Number(ln), r: Number(r), p: Number(p) });
  return sameSecret(plain64(found), key);
}
