import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catchAllConfig } from '../../packages/mooring/src/traefik/catch-all.js';
import { runCommand } from './command.js';
import { ask } from './person.js';
import type { RunningTraefik } from './traefik.js';

/** The Traefik 2 program, which no package registry has: it is there where this variable names it. */
export const TRAEFIK_2 = process.env.MOORING_TEST_TRAEFIK2;

export interface Traefik2Place {
  /** Of the entry point and of its own API. */
  ports: { entry: number; management: number };
  /** Of Rancher's metadata service, which its Rancher provider reads. */
  metadataUrl: string;
  frontUrl: string;
  /** Paths that the catch-all leads to the front. */
  frontPaths?: readonly string[];
  /** The route document, which it fetches beside the labels; it doesn't where this is missing. */
  fetched?: { url: string; token: string } | undefined;
  /** How its Rancher provider learns of changes: held by the metadata service until there is one, or asking every second. */
  polls?: 'held' | 'each second';
}

function endpointOf({ url, token }: { url: string; token: string }): string {
  const endpoint = new URL(url);
  endpoint.username = 'mooring';
  endpoint.password = token;
  return endpoint.href;
}

const staticConfig = ({ ports, fetched, polls = 'held' }: Traefik2Place, dynamicFile: string) => ({
  global: { checkNewVersion: false, sendAnonymousUsage: false },
  // From INFO on it writes every label of every service into its log, the cookies of all sessions among them.
  log: { level: 'WARN' },
  entryPoints: {
    web: {
      address: `127.0.0.1:${ports.entry}`,
      transport: { lifeCycle: { requestAcceptGraceTimeout: '0s', graceTimeOut: '1s' } },
    },
    traefik: { address: `127.0.0.1:${ports.management}`, transport: { lifeCycle: { graceTimeOut: '0s' } } },
  },
  api: { insecure: false, dashboard: false },
  metrics: { prometheus: { entryPoint: 'traefik', addEntryPointsLabels: true, addServicesLabels: true } },
  providers: {
    providersThrottleDuration: '50ms',
    rancher: { exposedByDefault: false, intervalPoll: polls === 'each second', refreshSeconds: 1 },
    ...(fetched && { http: { endpoint: endpointOf(fetched), pollInterval: '100ms' } }),
    file: { filename: dynamicFile, watch: false },
  },
});

/**
 * The real Traefik 2 with its Rancher provider, as a site on Rancher 1.6 runs it. The provider asks rancher-metadata.rancher.internal and
 * nobody else, so here a proxy leads it to the metadata service; requests to sessions, at addresses of this machine, go past that.
 */
export async function startTraefik2(place: Traefik2Place): Promise<RunningTraefik> {
  const { ports, metadataUrl, frontUrl, frontPaths = ['/narrative*'] } = place;
  const folder = await mkdtemp(join(tmpdir(), 'mooring-traefik2-'));
  const [file, dynamicFile] = [join(folder, 'traefik.yaml'), join(folder, 'catch-all.yaml')];
  await writeFile(dynamicFile, JSON.stringify(catchAllConfig(frontUrl, frontPaths)));
  await writeFile(file, JSON.stringify(staticConfig(place, dynamicFile)));
  const running = runCommand(TRAEFIK_2 as string, [`--configFile=${file}`], { HTTP_PROXY: new URL(metadataUrl).origin });
  const origin = `http://127.0.0.1:${ports.entry}`;
  const reachesFront = async (): Promise<boolean> =>
    (await ask(origin, '/narrative/').catch(() => undefined))?.headers['mooring-front'] !== undefined;
  await running.waitFor(reachesFront, 'Traefik 2 to lead to the front');
  return {
    origin,
    close: async () => {
      await running.end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
