import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder, makeCacheFolder } from '../../packages/mooring/src/provision/cache-folder.js';
import { findTraefik } from '../../packages/mooring/src/provision/traefik.js';
import { catchAllConfig } from '../../packages/mooring/src/traefik/catch-all.js';
import { staticConfig } from '../../packages/mooring/src/traefik/static-config.js';
import { runCommand } from './command.js';
import { type Answer, ask, type Person } from './person.js';

export interface TraefikPlace {
  /** Of the entry point and of its own API. */
  ports: { entry: number; management: number };
  /** Where it fetches its routes, and the token that it shows there. */
  routes: { url: string; token: string };
  frontUrl: string;
  /** How long it keeps connections that nobody uses, in ms; as long as Traefik does by itself where it is missing. */
  idleMs?: number;
  /** Who comes to see whether it leads to the front, and what they know the front's answer by; anybody, and Mooring's own where it is missing. */
  asWhom?: Person | undefined;
  readyBy?: (headers: Answer['headers']) => boolean;
}

const isMoorings = (headers: Answer['headers']): boolean => headers['mooring-front'] !== undefined;

export interface RunningTraefik {
  /** Of the entry point. */
  origin: string;
  close(): Promise<void>;
}

/** The real Traefik 3 in front of a front that runs, as an operator starts it: mooring's own static configuration, and the catch-all beside it. */
export async function startTraefik(place: TraefikPlace): Promise<RunningTraefik> {
  const { ports, routes, frontUrl, idleMs = 90_000, asWhom, readyBy = isMoorings } = place;
  const { signal } = new AbortController();
  const environment = process.env;
  const cache = await makeCacheFolder(cacheFolder(environment));
  const program = await findTraefik({ environment, cache, signal, progress: { note: () => undefined } });
  const folder = await mkdtemp(join(tmpdir(), 'mooring-traefik-'));
  const [file, dynamicFile] = [join(folder, 'traefik.yaml'), join(folder, 'catch-all.yaml')];
  await writeFile(dynamicFile, JSON.stringify(catchAllConfig(frontUrl, ['/narrative*'])));
  const config = staticConfig({
    version: program.version,
    entryPoint: `127.0.0.1:${ports.entry}`,
    management: `127.0.0.1:${ports.management}`,
    routesUrl: routes.url,
    routeToken: routes.token,
    dynamicFile,
    idleMs,
  });
  await writeFile(file, JSON.stringify(config));
  const running = runCommand(program.path, [`--configFile=${file}`], {});
  const origin = `http://127.0.0.1:${ports.entry}`;
  const reachesFront = async (): Promise<boolean> => {
    const answer = await (asWhom?.ask('/narrative/') ?? ask(origin, '/narrative/')).catch(() => undefined);
    return answer !== undefined && readyBy(answer.headers);
  };
  await running.waitFor(reachesFront, 'Traefik to lead to the front');
  return {
    origin,
    close: async () => {
      await running.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
