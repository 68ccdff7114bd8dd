import { readFileSync } from 'node:fs';

/** Characters of a secret, at least. */
export const MIN_SECRET = 32;

/** A secret a line: the first signs, all are taken. Lines that are too short to be kept secret are none. */
export const secretsIn = (file: string): string[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= MIN_SECRET);
