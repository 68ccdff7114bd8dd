import { join } from 'node:path';
import type { ContainerFiles, ContainersOptions } from '@mooring/http-front';
import type { Settings } from '../config/keys.js';
import type { DataFolder } from '../data/data-folder.js';
import { openAdminPassword } from '../passwords/admin.js';
import { CAP_DROP } from '../template.js';

const MAX_FILES = 100_000;

/** What the container API is to work with; `tell` prints the administrator's password, where it was made just now. */
export async function containersOf(
  settings: Settings,
  { data, files, tell }: { data: DataFolder; files: ContainerFiles; tell: (password: string) => void },
): Promise<ContainersOptions> {
  const { check, made } = await openAdminPassword(data.path, settings.ADMINHASH);
  if (made !== undefined) tell(made);
  return {
    files,
    folder: join(data.path, 'jobs'),
    key: data.containersKey,
    checkPassword: check,
    limits: {
      scriptBytes: settings.MOORING_SCRIPT_LIMIT,
      dataBytes: settings.MOORING_DATA_LIMIT,
      dataFiles: MAX_FILES,
      fetchMs: settings.MOORING_FETCH_SECONDS * 1000,
    },
    fetchFrom: settings.MOORING_FETCH_FROM,
    capDrop: CAP_DROP,
  };
}
