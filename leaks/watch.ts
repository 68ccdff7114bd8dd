import { randomUUID } from 'node:crypto';
import { existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from '@jest/globals';

/**
 * What tests make that is secret, and what is logged meanwhile: at the end of a run no secret may be in any log (scripts/jest-leaks.mjs).
 * Where nobody looks for leaks (jest without scripts/test.mjs), all of this does nothing.
 */
const folder = process.env.LEAK_WATCH;
const from = (): string => basename(expect.getState().testPath ?? 'nobody knows where');

/** A file of this test file's own, opened when it is first needed; the system closes it. */
function file(kind: 'secrets' | 'log'): (line: string) => void {
  let descriptor: number | undefined;
  return (line) => {
    if (folder === undefined) return;
    descriptor ??= openSync(join(folder, `${kind}-${randomUUID()}`), 'a', 0o600);
    writeSync(descriptor, line);
  };
}

const known = new Set<string>();
const writeSecret = file('secrets');
/** A log's place, and what writes to it. */
const logs = new Map<string, (text: string) => void>();

/** Shorter ones would be found in anything. */
const MIN_LENGTH = 8;

/** Nobody may find this in a log. */
export function noteSecret(value: string | undefined): void {
  if (value === undefined || value.length < MIN_LENGTH || known.has(value)) return;
  known.add(value);
  writeSecret(`${JSON.stringify({ value, from: from() })}\n`);
}

/** Every match in a file is secret; a file that isn't there has none. */
export function noteSecretsIn(path: string, pattern: RegExp): void {
  if (folder === undefined || !existsSync(path)) return;
  for (const [value] of readFileSync(path, 'latin1').matchAll(pattern)) noteSecret(value);
}

/** What was logged; `place` tells whose log it is. */
export function noteLog(text: string, place: string): void {
  if (folder === undefined) return;
  let write = logs.get(place);
  if (write === undefined) {
    write = file('log');
    write(`${JSON.stringify({ place: `${place}, ${from()}` })}\n`);
    logs.set(place, write);
  }
  write(text);
}

/** Every file in a folder is a log. */
export function noteLogsIn(path: string): void {
  if (folder === undefined || !existsSync(path)) return;
  for (const name of readdirSync(path)) noteLog(readFileSync(join(path, name), 'utf8'), name);
}
