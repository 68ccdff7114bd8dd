import { text } from 'node:stream/consumers';
import { hashPassword } from '../passwords/hash.js';
import type { Terminal } from '../terminal.js';

/** Reads a password from stdin, one line, and prints its hash, as ADMINHASH takes it. @throws Error where there is none */
export async function printHash({ out }: Terminal, input: NodeJS.ReadableStream = process.stdin): Promise<void> {
  const password = (await text(input)).replace(/\r?\n$/, '');
  if (password === '') throw new Error('There is no password on stdin. Try: printf %s "$PASSWORD" | mooring hash-password');
  out(`${await hashPassword(password)}\n`);
}
