import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { DataFolder } from '../data/data-folder.js';
import { rotateLog } from '../data/log-file.js';
import type { Ports } from '../process/ports.js';
import { INSTALLATION_VARIABLE } from '../process/proc.js';
import { Supervisor } from '../process/supervisor.js';
import type { TraefikProgram } from '../provision/traefik.js';
import { catchAllConfig } from './catch-all.js';
import { staticConfig } from './static-config.js';

export interface LocalTraefikOptions {
  program: TraefikProgram;
  data: DataFolder;
  ports: Ports;
  frontPaths: readonly string[];
  logger: Logger;
}

/** Short, since a connection on this machine costs next to nothing, and an idle session is to be seen as such within seconds. */
export const LOCAL_IDLE_MS = 500;

/** JSON is YAML too; the file's name tells Traefik how to read it. The token in it is for the owner's eyes. */
const write = (file: string, content: object): Promise<void> => writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });

/** Writes Traefik's configuration into the data folder, and starts and keeps it running as a child process. */
export async function startLocalTraefik({ program, data, ports, frontPaths, logger }: LocalTraefikOptions): Promise<Supervisor> {
  const staticFile = join(data.traefik, 'traefik.yaml');
  const dynamicFile = join(data.traefik, 'catch-all.yaml');
  const logFile = join(data.logs, 'traefik.log');
  await rotateLog(logFile);
  await write(dynamicFile, catchAllConfig(`http://127.0.0.1:${ports.front}`, frontPaths));
  await write(
    staticFile,
    staticConfig({
      version: program.version,
      entryPoint: `127.0.0.1:${ports.entryPoint}`,
      management: `127.0.0.1:${ports.traefik}`,
      routesUrl: `http://127.0.0.1:${ports.internal}/traefik/config`,
      routeToken: data.routeToken,
      dynamicFile,
      idleMs: LOCAL_IDLE_MS,
    }),
  );
  const supervisor = new Supervisor(
    {
      name: 'Traefik',
      command: program.path,
      args: [`--configFile=${staticFile}`],
      env: { [INSTALLATION_VARIABLE]: data.installation },
      logFile,
    },
    { logger },
  );
  supervisor.start();
  return supervisor;
}
