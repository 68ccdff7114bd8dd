import { isBelow } from '../archive/paths.js';
import type { Baseline } from '../archive/repack.js';
import type { Change } from '../satellite.js';

/** What Docker itself puts into a container whose image doesn't have it, and what Mooring does. */
const MACHINERY = ['/.dockerenv', '/.mooring', '/dev', '/proc', '/sys', '/etc/hostname', '/etc/hosts', '/etc/resolv.conf', '/etc/mtab'];
const KINDS = ['changed', 'added', 'deleted'] as const;

const isMachinery = (path: string): boolean => MACHINERY.some((folder) => isBelow(path, folder));

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

/** Every folder above the paths. */
function foldersAbove(paths: readonly string[]): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let folder = parentOf(path); folder !== '/' && !folders.has(folder); folder = parentOf(folder)) folders.add(folder);
  }
  return folders;
}

/**
 * Docker's list of changes without what nobody made: Docker's own files, and folders that differ only by what is in them, which Docker
 * tells as changed (and as added where it had to make them for its own files).
 */
export function changesFrom(rows: readonly { Path: string; Kind: number }[]): Change[] {
  const told = rows.flatMap(({ Path: path, Kind }) => {
    const kind = KINDS[Kind];
    return kind === undefined ? [] : [{ path, kind }];
  });
  const own = told.filter(({ path }) => !isMachinery(path));
  const aboveMachinery = foldersAbove(told.filter(({ path }) => isMachinery(path)).map(({ path }) => path));
  const aboveOwn = foldersAbove(own.map(({ path }) => path));
  const isOnlyAbove = ({ path, kind }: Change): boolean =>
    kind === 'changed'
      ? aboveOwn.has(path) || aboveMachinery.has(path)
      : kind === 'added' && aboveMachinery.has(path) && !aboveOwn.has(path);
  return own.filter((change) => !isOnlyAbove(change)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What a file is now, as far as a baseline tells it. */
export type Now = { size: number; mtime: number; isFolder: boolean } | undefined;

/** The paths whose present state must be looked at to tell what became of what was put in. */
export const pathsPut = (baseline: Baseline): string[] => Object.keys(baseline).filter((path) => path !== '/' && !isMachinery(path));

/**
 * The changes since the last file was put in: what is as it was put is none, nor are the folders above it that were made for it; what Docker tells as added
 * beside the image was changed since, and what it doesn't tell any more was deleted.
 */
export function changesSincePut(changes: readonly Change[], baseline: Baseline, now: ReadonlyMap<string, Now>): Change[] {
  const put = pathsPut(baseline);
  const above = foldersAbove(put);
  const kept = changes.flatMap((change): Change[] => {
    const { path, kind } = change;
    if (kind === 'deleted') return [change];
    if (isAsPut(path, now.get(path), baseline) || (kind === 'added' && above.has(path))) return [];
    return [Object.hasOwn(baseline, path) ? { path, kind: 'changed' } : change];
  });
  const told = new Set(kept.map(({ path }) => path));
  const gone = put.filter((path) => now.get(path) === undefined && !told.has(path)).map((path): Change => ({ path, kind: 'deleted' }));
  return [...kept, ...gone].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether a path is as it was put in: a folder is, whatever is in it. */
const isAsPut = (path: string, now: Now, baseline: Baseline): boolean => {
  const put = baseline[path];
  if (put === undefined || now === undefined) return false;
  return now.isFolder || (now.size === put.size && now.mtime === put.mtime);
};
