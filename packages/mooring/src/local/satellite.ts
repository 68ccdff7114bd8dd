import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerFiles } from '@mooring/http-front';
import { SATELLITE_ARGUMENTS } from '@mooring/satellite';
import type { Logger } from 'pino';
import type { Settings } from '../config/keys.js';
import type { Environment } from '../config/sources.js';
import { satelliteFiles } from '../containers/satellite-files.js';
import type { DataFolder } from '../data/data-folder.js';
import { rotateLog } from '../data/log-file.js';
import type { Ports } from '../process/ports.js';
import { INSTALLATION_VARIABLE } from '../process/proc.js';
import { type Shutdown, STAGES } from '../process/shutdown.js';
import { Supervisor } from '../process/supervisor.js';

interface SatelliteParts {
  settings: Settings;
  data: DataFolder;
  ports: Ports;
  environment: Environment;
  logger: Logger;
}

const STOP_MS = 2_000;

/** Asks it: a file of the data folder holds the secret of both. */
export async function localSatellite({ satelliteSecret }: DataFolder, { satellite }: Ports): Promise<ContainerFiles> {
  const secret = (await readFile(satelliteSecret, 'utf8')).trim();
  return satelliteFiles({ url: `http://127.0.0.1:${satellite}`, host: 'this machine', secrets: () => [secret] });
}

/** With the docker runtime, starts this host's satellite and keeps it running as a child process. */
export async function openLocalSatellite(parts: SatelliteParts, shutdown: Shutdown): Promise<void> {
  const { settings, data, ports, environment, logger } = parts;
  if (settings.MOORING_RUNTIME !== 'docker') return;
  const logFile = join(data.logs, 'satellite.log');
  await rotateLog(logFile);
  const supervisor = new Supervisor(
    {
      name: 'satellite',
      command: process.execPath,
      args: [...SATELLITE_ARGUMENTS],
      env: {
        [INSTALLATION_VARIABLE]: data.installation,
        SATELLITE_LISTEN: `127.0.0.1:${ports.satellite}`,
        SATELLITE_SECRET_FILE: data.satelliteSecret,
        SATELLITE_DATA: data.satellite,
        SATELLITE_DOCKER_URL: settings.MOORING_DOCKER_URL ?? environment.DOCKER_HOST ?? 'unix:///var/run/docker.sock',
      },
      logFile,
    },
    { logger },
  );
  supervisor.start();
  shutdown.add(STAGES.serving, 'satellite', () => supervisor.stop(STOP_MS), { kill: () => supervisor.kill() });
}
