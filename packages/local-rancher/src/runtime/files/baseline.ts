import type { BigIntStats } from 'node:fs';
import { lstat, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { systemErrorCode } from '../errors.js';
import { FilesError } from './errors.js';

export interface Change {
  /** In the container. */
  path: string;
  kind: 'added' | 'changed' | 'deleted';
}

const MAX_FILES = 100_000;
/** Script, environment and marker of whoever started the container. */
export const OWN_FOLDER = '.mooring';

/** What a file was when it was put there, by its path: a change of content or mode moves ctime. */
export const signatureOf = ({ ino, size, ctimeNs }: BigIntStats): string => `${ino}:${size}:${ctimeNs}`;

const baselineSchema = z.record(z.string(), z.string());
export type Baseline = z.infer<typeof baselineSchema>;

const pathOf = (folder: string): string => join(folder, 'baseline.json');

/** A container begins with empty folders; what was put into it since, before its work began, counts as there from the start. */
export async function readBaseline(folder: string): Promise<Baseline> {
  try {
    return baselineSchema.parse(JSON.parse(await readFile(pathOf(folder), 'utf8')));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return {};
    throw error;
  }
}

export async function writeBaseline(folder: string, baseline: Baseline): Promise<void> {
  await writeFile(`${pathOf(folder)}.new`, JSON.stringify(baseline), { mode: 0o600 });
  await rename(`${pathOf(folder)}.new`, pathOf(folder));
}

const tooMany = (): FilesError =>
  new FilesError('TooManyChanges', `The container has more than ${MAX_FILES} files. Have it write fewer, or archives.`);

/** Every file and link below a folder, none followed. @throws FilesError TooManyChanges */
async function walk(root: string, below: string, found: Map<string, string>): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = `${below}/${entry.name}`;
    if (path === `/${OWN_FOLDER}`) continue;
    if (entry.isDirectory()) await walk(root, path, found);
    else if (entry.isFile() || entry.isSymbolicLink()) await note(root, path, found);
  }
}

async function note(root: string, path: string, found: Map<string, string>): Promise<void> {
  // One that goes while it is looked at isn't there.
  const stats = await lstat(join(root, path), { bigint: true }).catch(() => undefined);
  if (stats) found.set(path, signatureOf(stats));
  if (found.size > MAX_FILES) throw tooMany();
}

/** The files and links that differ from what was there at the start, by path. */
export async function changesOf(scratch: string, baseline: Baseline): Promise<Change[]> {
  const now = new Map<string, string>();
  await walk(scratch, '', now);
  const kindOf = (path: string): Change['kind'] | undefined => {
    if (baseline[path] === undefined) return 'added';
    return now.get(path) === baseline[path] ? undefined : 'changed';
  };
  const there = [...now.keys()].flatMap((path) => {
    const kind = kindOf(path);
    return kind ? [{ path, kind }] : [];
  });
  const gone = Object.keys(baseline).flatMap((path) => (now.has(path) ? [] : [{ path, kind: 'deleted' as const }]));
  return [...there, ...gone].sort((a, b) => (a.path < b.path ? -1 : 1));
}
