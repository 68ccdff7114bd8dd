import { readFile, statfs } from 'node:fs/promises';
import { readSnapshot, UnusableError } from '@mooring/resources';
import { dataPaths } from '../data/data-folder.js';
import { holderOf } from '../process/claim.js';
import { type Finding, fine, problem, warning } from './finding.js';

/** A page that waits keeps a connection open, and so does Traefik toward the front. */
const ENOUGH_FILES = 8_192;
const ENOUGH_BYTES = 512 * 1024 * 1024;

/** The soft limit of open files out of /proc/self/limits; undefined where it doesn't say. */
export function openFilesLimit(limits: string): number | undefined {
  const [, soft] = /^Max open files\s+(\S+)/m.exec(limits) ?? [];
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : soft === undefined ? undefined : Number(soft);
}

export function judgeOpenFiles(limit: number | undefined): Finding {
  const check = 'open files';
  if (limit === undefined) return fine(check, 'this system does not tell how many files may be open');
  if (limit >= ENOUGH_FILES) return fine(check, `${limit} may be open`);
  return warning(
    check,
    `${limit} may be open, and each page that waits takes one`,
    `raise it to ${ENOUGH_FILES} or more: ulimits.nofile in the compose file, or LimitNOFILE= in the systemd unit`,
  );
}

export function judgeSpace(path: string, free: number): Finding {
  const check = 'disk';
  const mb = Math.round(free / 1_048_576);
  if (free >= ENOUGH_BYTES) return fine(check, `${mb} MB are free for ${path}`);
  return problem(check, `only ${mb} MB are free for ${path}`, 'make room: without it no wish can be recorded, and people get 503');
}

async function store(database: string, holder: number | undefined): Promise<Finding> {
  const check = 'store';
  try {
    const { objects, resourceVersion } = await readSnapshot(database);
    const who = holder === undefined ? 'no Mooring runs on it' : `process ${holder} runs on it`;
    return fine(check, `${objects.Session.length} session(s), resourceVersion ${resourceVersion}; ${who}`);
  } catch (error) {
    if (!(error instanceof UnusableError)) throw error;
    const cure = 'before the first start of serve that is as it should be; else set MOORING_DATA to the data folder';
    return error.message.startsWith('There is no store') ? warning(check, error.message, cure) : problem(check, error.message, cure);
  }
}

/** Looks at this machine and at the data folder, without taking it. */
export async function examineMachine(folder: string): Promise<Finding[]> {
  const { path, database, lock } = dataPaths(folder);
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const space = await statfs(path).catch(() => undefined);
  return [
    judgeOpenFiles(openFilesLimit(limits)),
    ...(space ? [judgeSpace(path, space.bavail * space.bsize)] : []),
    await store(database, await holderOf(lock)),
  ];
}
