import { createHash, randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import { sameSecret } from '../http/constant-time.js';

/** OWASP's least for scrypt: 32 MiB of memory and a tenth of a second a try. */
const COST = { ln: 15, r: 8, p: 1 };
const KEY_BYTES = 32;
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,88})\$([A-Za-z0-9+/]{43})$/;
const ARGON2 = /^\$argon2(?:id|i|d)\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,88}\$[A-Za-z0-9+/]{22,88}$/;
/** In KiB: 256 MiB, which four attempts at once take. */
const MOST_MEMORY = 2 ** 18;
const LEAST_MEMORY = 2 ** 12;
/** KiB times passes: 0.4 s of CPU (measured), for four at once. */
const MOST_WORK = 2 ** 20;
const MOST_LANES = 8;
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

/** Whether an Argon2 hash costs neither too little to be found out, nor so much that trying it would be a way to stop us. */
function isFitting([, m, t, p]: RegExpExecArray): boolean {
  const [memory, passes, lanes] = [Number(m), Number(t), Number(p)];
  const isWithin = memory >= LEAST_MEMORY && memory <= MOST_MEMORY && memory * passes <= MOST_WORK;
  return isWithin && passes >= 1 && lanes >= 1 && lanes <= MOST_LANES;
}

/** `old`: a plain SHA-256, which whoever has the file finds the password to in no time. */
export function kindOfHash(hash: string): 'scrypt' | 'argon2' | 'old' | undefined {
  const argon2 = ARGON2.exec(hash);
  if (argon2) return isFitting(argon2) ? 'argon2' : undefined;
  const [, ln, r, p] = PHC.exec(hash) ?? [];
  // What takes more than 256 MiB would be a way to stop us.
  if (ln !== undefined) return 2 ** Number(ln) * Number(r) <= 2 ** 21 && Number(p) <= 4 && Number(ln) >= 10 ? 'scrypt' : undefined;
  return SHA256.test(hash) ? 'old' : undefined;
}

/** A hash that only looks like one is nobody's. */
const isArgon2 = (password: string, hash: string): Promise<boolean> => verify(hash, password).catch(() => false);

async function isScrypt(password: string, hash: string): Promise<boolean> {
  const [, ln, r, p, salt = '', key = ''] = PHC.exec(hash) ?? [];
  const found = await derive(password, Buffer.from(salt, 'base64'), { ln: Number(ln), r: Number(r), p: Number(p) });
  return sameSecret(plain64(found), key);
}

const isSha256 = (password: string, hash: string): boolean =>
  sameSecret(createHash('sha256').update(password).digest('hex'), hash.toLowerCase());

/** Whether a password is the one that was hashed; false for a hash that `kindOfHash` doesn't know. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  switch (kindOfHash(hash)) {
    case 'argon2':
      return isArgon2(password, hash);
    case 'scrypt':
      return isScrypt(password, hash);
    case 'old':
      return isSha256(password, hash);
    default:
      return false;
  }
}
