import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { keptValue } from '../data/kept-value.js';
import { verifyPassword } from './hash.js';

/** The administrator's password: made at the first start and kept, unless ADMINHASH says another. */
export interface AdminPassword {
  check(password: string): Promise<boolean>;
  /** Told where it was made just now, to be printed once. */
  made?: string;
}

/** 144 bits. */
const make = (): string => randomBytes(18).toString('base64url');
const FORM = /^[\x21-\x7e]{8,256}$/;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** @param folder the data folder, which its owner alone can read */
export async function openAdminPassword(folder: string, hash: string | undefined): Promise<AdminPassword> {
  if (hash !== undefined) return { check: (password) => verifyPassword(password, hash) };
  const path = join(folder, 'admin-password');
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  const kept = await keptValue(path, FORM, make);
  const check = async (password: string): Promise<boolean> => timingSafeEqual(digest(password), digest(kept));
  return isThere ? { check } : { check, made: kept };
}
