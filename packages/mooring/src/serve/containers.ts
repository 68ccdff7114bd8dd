import { readFile } from 'node:fs/promises';
import type { ContainersOptions } from '@mooring/http-front';
import type { ProjectClient } from '@mooring/rancher-client';
import { secretsIn } from '@mooring/satellite';
import type { Settings } from '../config/keys.js';
import { containersOf } from '../containers/options.js';
import { rancherFiles } from '../containers/rancher-files.js';
import { usageOf } from '../containers/usage.js';
import type { DataFolder } from '../data/data-folder.js';

/** Whether people may run scripts beside a real Rancher: hosts can be asked about their containers only with the satellites' secret. */
export const hasContainers = ({ MOORING_CONTAINERS, MOORING_SATELLITE_SECRET_FILE }: Settings): boolean =>
  MOORING_CONTAINERS === 'on' && MOORING_SATELLITE_SECRET_FILE !== undefined;

class SatelliteSecretError extends Error {
  override readonly name = 'SatelliteSecretError';
}

async function requireSecrets(file: string): Promise<void> {
  await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new SatelliteSecretError(`MOORING_SATELLITE_SECRET_FILE=${file} can't be read (${cause.code}). Give it to this process.`, {
      cause,
    });
  });
  if (secretsIn(file).length === 0)
    throw new SatelliteSecretError(
      `MOORING_SATELLITE_SECRET_FILE=${file} has no line of 32 characters or more, such as openssl rand -hex 32 makes.`,
    );
}

/** A password that was made just now is told once, and in no log. */
const tell = (password: string): void => {
  process.stderr.write(`the user admin of the container API has the password ${password} (told this once; kept in the data folder)\n`);
};

/** The container API over hosts of a real Rancher's; `project` is the environment, once it was found. Undefined where it is off. */
export async function serveContainers(
  settings: Settings,
  data: DataFolder,
  project: () => ProjectClient | undefined,
): Promise<ContainersOptions | undefined> {
  const { MOORING_SATELLITE_SECRET_FILE: file } = settings;
  if (file === undefined || !hasContainers(settings)) return undefined;
  await requireSecrets(file);
  const files = rancherFiles({ project, secrets: () => secretsIn(file), now: Date.now });
  return containersOf(settings, {
    data,
    files,
    tell,
    watchUsage: async function* (id, signal) {
      const known = project();
      if (known) yield* usageOf(known)(id, signal);
    },
  });
}
