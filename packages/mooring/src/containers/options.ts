import { join } from 'node:path';
import type { ContainersOptions } from '@mooring/http-front';
import type { Settings } from '../config/keys.js';
import type { DataFolder } from '../data/data-folder.js';
import { openAdminPassword } from '../passwords/admin.js';
import { CAP_DROP } from '../template.js';

const MAX_FILES = 100_000;

/** As curl, wget, pip and R read it: the lower case one is safe from requests' own headers. */
const proxyEnv = (proxy: string | undefined): Record<string, string> => (proxy === undefined ? {} : { http_proxy: proxy });

interface Given extends Pick<ContainersOptions, 'files' | 'watchUsage'> {
  data: DataFolder;
  tell: (password: string) => void;
}

/** What the container API is to work with; `tell` prints the administrator's password, where it was made just now. */
export async function containersOf(settings: Settings, { data, files, watchUsage, tell }: Given): Promise<ContainersOptions> {
  const { check, made } = await openAdminPassword(data.path, settings.ADMINHASH);
  if (made !== undefined) tell(made);
  return {
    files,
    watchUsage,
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
    env: proxyEnv(settings.MOORING_CONTAINERS_PROXY),
  };
}
