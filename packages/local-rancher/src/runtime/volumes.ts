import { stat } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { RuntimeError } from './errors.js';
import { isSafeName } from './folders.js';

/** One of Rancher's dataVolumes. */
export interface Volume {
  /** A name below the data folder, a folder of the machine, or nothing but a place in the container. */
  source: { kind: 'named'; name: string } | { kind: 'host'; path: string } | { kind: 'anonymous' };
  /** Where the container expects it: absolute, without a slash at the end. */
  target: string;
}

/** Folder on disk by the path in the container. */
export type Mounts = ReadonlyMap<string, string>;

/**
 * `name:/path`, `/folder/of/the/machine:/path` or `/path`, each with options such as `:ro`; a process can't be held to them, so they are
 * read over.
 * @throws RuntimeError InvalidVolume
 */
export function parseVolume(text: string): Volume {
  const parts = text.split(':');
  const [source = '', target] = parts.length === 1 ? [undefined, parts[0]] : parts;
  if (target === undefined || !isAbsolute(target) || parts.length > 3) {
    throw invalid(text, 'has no absolute path in the container. Write it as name:/path.');
  }
  return { source: parseSource(text, source), target: containerPath(target) };
}

function parseSource(text: string, source: string): Volume['source'] {
  if (source === '' && !text.startsWith(':')) return { kind: 'anonymous' };
  if (isAbsolute(source)) return { kind: 'host', path: normalize(source) };
  if (isSafeName(source)) return { kind: 'named', name: source };
  throw invalid(text, 'has a name that is none. Use letters, digits and . _ - only, a letter or digit first.');
}

/** `/data/` and `/data` are the same place; `..` leads nowhere above the root. */
export function containerPath(path: string): string {
  return normalize(`/${path}`).replace(/(?<=.)\/$/, '');
}

/** Folder of what no volume is mounted for; goes with the container. */
export function scratchVolume(scratch: string, target: string): string {
  return join(scratch, 'volumes', encodeURIComponent(containerPath(target)));
}

/**
 * Where each volume of a container is on disk. Named ones are kept below the data folder. A folder of the machine is used only where it
 * is there already: a mistyped path must not fill the disk elsewhere.
 * @throws RuntimeError InvalidVolume
 */
export async function locateVolumes(texts: readonly string[], dataDir: string, scratch: string): Promise<Mounts> {
  const entries = texts.map(async (text) => {
    const { source, target } = parseVolume(text);
    if (source.kind === 'named') return [target, join(dataDir, 'volumes', source.name)] as const;
    if (source.kind === 'anonymous') return [target, scratchVolume(scratch, target)] as const;
    await requireFolder(text, source.path);
    return [target, source.path] as const;
  });
  return new Map(await Promise.all(entries));
}

async function requireFolder(text: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) throw invalid(text, `names ${path}, which is no folder of this machine. Create it first, or use name:/path.`);
}

function invalid(text: string, rest: string): RuntimeError {
  return new RuntimeError('InvalidVolume', `dataVolumes: ${JSON.stringify(text)} ${rest}`);
}
