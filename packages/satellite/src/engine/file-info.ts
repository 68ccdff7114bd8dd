import { z } from 'zod';
import { SatelliteError } from '../errors.js';
import type { FileInfo } from '../satellite.js';

/** Of Go's os.FileMode. */
const FOLDER = 2 ** 31;
const LINK = 2 ** 27;
/** Device, named pipe, socket, character device, irregular. */
const OTHER = [2 ** 26, 2 ** 25, 2 ** 24, 2 ** 21, 2 ** 19];

const has = (mode: number, bit: number): boolean => Math.floor(mode / bit) % 2 === 1;

const statSchema = z.object({ size: z.number(), mode: z.number(), mtime: z.string(), linkTarget: z.string().optional() });

function typeOf(mode: number): FileInfo['type'] {
  if (has(mode, FOLDER)) return 'folder';
  if (has(mode, LINK)) return 'link';
  return OTHER.some((bit) => has(mode, bit)) ? 'other' : 'file';
}

/** Docker's header X-Docker-Container-Path-Stat: base64 of JSON. @throws SatelliteError Failed */
export function fileInfo(path: string, header: unknown): FileInfo {
  const text = Buffer.from(String(header ?? ''), 'base64').toString('utf8');
  const parsed = text === '' ? undefined : statSchema.safeParse(JSON.parse(text));
  if (!parsed?.success) throw new SatelliteError('Failed', `docker: what it says of ${JSON.stringify(path)} can't be read`);
  const { size, mode, mtime, linkTarget } = parsed.data;
  const type = typeOf(mode);
  return { path, size: type === 'file' ? size : 0, mode: mode % 512, mtime, type, ...(type === 'link' && { target: linkTarget ?? '' }) };
}
