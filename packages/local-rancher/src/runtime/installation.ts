import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from './errors.js';

const ID = /^[0-9a-f]{32}$/;

/**
 * The random id that tells this data folder's processes and addresses from those of other installations on the machine;
 * made and kept on the first call.
 */
export function installationId(dataDir: string): string {
  const path = join(dataDir, 'installation-id');
  const kept = readIfThere(path)?.trim();
  if (kept !== undefined && ID.test(kept)) return kept;
  const id = randomBytes(16).toString('hex');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, `${id}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return id;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
