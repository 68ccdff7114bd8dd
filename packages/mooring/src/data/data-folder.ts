import { randomBytes, randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { type Claim, ClaimedError, claimFolder } from '../process/claim.js';
import { keptValue } from './kept-value.js';
import { makePrivateFolder } from './make-folder.js';

export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
  readonly code = 'DataFolder';
}

/** Everything that outlives a run. It holds cookies and keys, so nobody but its owner can look into it. */
export interface DataFolder {
  path: string;
  /** The store's file. */
  database: string;
  logs: string;
  /** What happened over time, for the charts. */
  statistics: string;
  traefik: string;
  /** Local Rancher's records. */
  rancher: string;
  /** Volumes and logs of local containers. */
  containers: string;
  /** What the satellite remembers of them. */
  satellite: string;
  /** The file of the secret that requests to the satellite are signed with. */
  satelliteSecret: string;
  /** Told to every process that is started, so that it can be found again. */
  installation: string;
  /** 32 bytes that sign the tokens of the local sign-in. */
  signInKey: Buffer;
  /** Where the password of the management API's user `admin` is kept. */
  adminPassword: string;
  /** The bearer token of /traefik/config. */
  routeToken: string;
  /** 32 bytes that sign the container API's tokens. */
  containersKey: Buffer;
  release(): Promise<void>;
}

const hexKey = (): string => randomBytes(32).toString('hex');

const INSTALLATION = 'installation-id';

function unusable(path: string, error: unknown): DataFolderError {
  const { code } = error as NodeJS.ErrnoException;
  return new DataFolderError(`The data folder ${path} can't be made or entered (${code}). Set MOORING_DATA to a folder of yours.`, {
    cause: error,
  });
}

async function claim(path: string): Promise<Claim> {
  try {
    return await claimFolder(dataPaths(path).lock);
  } catch (error) {
    if (!(error instanceof ClaimedError)) throw unusable(path, error);
    throw new DataFolderError(
      `The data folder ${path} is in use by process ${error.pid}. Stop that one, or set MOORING_DATA to another folder for a second Mooring.`,
    );
  }
}

async function make(path: string): Promise<void> {
  try {
    await makePrivateFolder(path, INSTALLATION);
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Where things are in a data folder, for who only looks at them. */
export function dataPaths(folder: string): Pick<DataFolder, 'path' | 'database' | 'rancher'> & { lock: string } {
  const path = resolve(folder);
  return { path, database: join(path, 'mooring.db'), rancher: join(path, 'rancher'), lock: join(path, 'lock') };
}

/**
 * Makes the folder where it is missing, takes it for this process alone, and reads what is kept in it.
 *
 * @throws DataFolderError if another process has it, or it can't be written.
 */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const { path, database, rancher } = dataPaths(folder);
  await make(path);
  const held = await claim(path);
  const folders = {
    logs: join(path, 'logs'),
    traefik: join(path, 'traefik'),
    rancher,
    containers: join(path, 'containers'),
    satellite: join(path, 'satellite'),
  };
  for (const subfolder of Object.values(folders)) await make(subfolder);
  const satelliteSecret = join(path, 'satellite.key');
  await keptValue(satelliteSecret, /^[0-9a-f]{64}$/, hexKey);
  return {
    path,
    ...folders,
    satelliteSecret,
    database,
    statistics: join(path, 'statistics.json'),
    adminPassword: join(path, 'admin-password'),
    installation: await keptValue(join(path, INSTALLATION), /^[0-9a-f-]{36}$/, randomUUID),
    signInKey: Buffer.from(await keptValue(join(path, 'sign-in.key'), /^[0-9a-f]{64}$/, hexKey), 'hex'),
    routeToken: await keptValue(join(path, 'traefik-token.key'), /^[0-9a-f]{64}$/, hexKey),
    containersKey: Buffer.from(await keptValue(join(path, 'containers.key'), /^[0-9a-f]{64}$/, hexKey), 'hex'),
    release: held.release,
  };
}
