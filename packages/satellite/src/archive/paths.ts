import { posix } from 'node:path';
import { SatelliteError } from '../errors.js';

const refused = (path: string, why: string): SatelliteError =>
  new SatelliteError('PathRefused', `path: ${JSON.stringify(path)} ${why}. Use an absolute path in the container, without "..".`);

/** An absolute path in the container, in its plain form. @throws SatelliteError PathRefused */
export function containerPath(path: string): string {
  if (!path.startsWith('/')) throw refused(path, 'is not absolute');
  if (path.includes('\0') || path.length > 4096) throw refused(path, 'is none');
  if (path.split('/').includes('..')) throw refused(path, 'leads upward');
  const plain = posix.normalize(path);
  return plain === '/' ? plain : plain.replace(/\/$/, '');
}

/** Whether a path is a folder or below it. */
export const isBelow = (path: string, folder: string): boolean => folder === '/' || path === folder || path.startsWith(`${folder}/`);

/** Where an entry of an archive goes below a folder. @throws SatelliteError BadArchive where that is elsewhere */
export function entryPath(folder: string, name: string): string {
  if (name.startsWith('/') || name.includes('\0') || name.split('/').includes('..'))
    throw new SatelliteError('BadArchive', `the archive has the entry ${JSON.stringify(name)}, which leads out of its folder`);
  return containerPath(posix.join(folder, name));
}

/** A link's target, seen from the link, must be below the folder too. @throws SatelliteError BadArchive */
export function checkLink(folder: string, path: string, target: string): void {
  const resolved = posix.resolve(posix.dirname(path), target);
  if (!target.startsWith('/') && isBelow(resolved, folder)) return;
  throw new SatelliteError('BadArchive', `the archive has the link ${JSON.stringify(path)}, which leads out of its folder`);
}
