import { type Controller, startController } from '@mooring/controller';
import type { ProjectClient, RancherClient } from '@mooring/rancher-client';
import type { Logger } from 'pino';
import { activityOf } from '../activity.js';
import type { Config } from '../config/config.js';
import type { Settings } from '../config/keys.js';
import type { Environment } from '../config/sources.js';
import { type Core, openCore } from '../core.js';
import type { DataFolder } from '../data/data-folder.js';
import { directDoor, directSettings, openManagement } from '../direct.js';
import { openDomains, withDomains } from '../domains/serve.js';
import { openDoors } from '../doors.js';
import { openRancher } from '../open-rancher.js';
import { narrativePool } from '../pool.js';
import { leaveFirst } from '../process/leave.js';
import { type Shutdown, STAGES } from '../process/shutdown.js';
import { put } from '../put.js';
import { ReadinessBoard } from '../readiness.js';
import { openRollouts } from '../rollouts.js';
import { NARRATIVE, serveTemplate } from '../template.js';
import { traefikApiUrl } from '../traefik/api-url.js';
import { hasContainers, serveContainers } from './containers.js';
import { convergeInPlace } from './converge-in-place.js';
import { openIdentity } from './identity.js';

export interface ServeOptions {
  /** Of this process. */
  environment: Environment;
  config: Config;
  data: DataFolder;
  logger: Logger;
  shutdown: Shutdown;
  signal: AbortSignal;
}

const frontPaths = (settings: Settings): string[] => ['/narrative*', '/api/v1/*', ...(hasContainers(settings) ? ['/v1/*'] : [])];

/** Lays the routes of the last run and reads the image's version, neither of which needs Rancher. */
async function openController(core: Core, { config, logger, shutdown }: ServeOptions): Promise<Controller> {
  const { settings } = config;
  const apiUrl = traefikApiUrl(settings);
  const direct = directSettings(settings, 'serve', frontPaths(settings));
  const traefik = { url: settings.traefik_metrics, idleMs: settings.MOORING_TRAEFIK_IDLE * 1000 };
  const controller = await startController({
    ...core,
    activity: activityOf(core, settings, { traefik, logger }),
    importsFollow: NARRATIVE,
    maxStarts: settings.MOORING_MAX_STARTS,
    routing: {
      entryPointUrl: settings.MOORING_TRAEFIK_URL,
      entryPoint: 'web',
      fallbackUrl: settings.MOORING_FRONT_URL ?? `http://127.0.0.1:${settings.MOORING_LISTEN.port}`,
      mode: settings.MOORING_ROUTES,
      frontPaths: frontPaths(settings),
      hosts: settings.hostname,
      ...(direct && { direct: directDoor(direct) }),
      ...(apiUrl === undefined ? {} : { traefik: { apiUrl } }),
      ...(settings.MOORING_VERIFY === 'owner' && { verify: { proof: core.proof } }),
    },
    logger,
  });
  shutdown.add(STAGES.deciding, 'controller', () => controller.stop());
  return controller;
}

/** The sessions' own client, or one with the key that is for rollouts alone. */
function rolloutRancher(
  core: Core,
  { settings, shutdown, client }: { settings: Settings; shutdown: Shutdown; client: RancherClient },
): RancherClient {
  const { CATTLE_URL: url, CATTLE_ACCESS_KEY: accessKey, CATTLE_SECRET_KEY: secretKey } = settings;
  if (url === undefined && accessKey === undefined) return client;
  return openRancher(core, { url: url ?? settings.rancher_url ?? '', accessKey, secretKey }, shutdown);
}

/**
 * Starts the front and the routes, and has the sessions converged as soon as Rancher is there; until then people whose notebooks run
 * work on, wishes are recorded, and /readyz says what is missing.
 *
 * @throws what kept it from it; what was started by then is in `shutdown`.
 */
export async function bringUpServing(options: ServeOptions): Promise<void> {
  const { config, data, logger, shutdown } = options;
  const { settings } = config;
  const board = new ReadinessBoard({ rancher: 'the place for sessions has not been found at Rancher yet' });
  leaveFirst(shutdown, { board, signal: options.signal, drainMs: settings.MOORING_DRAIN_SECONDS * 1000 });
  const core = await openCore(data, logger, shutdown);
  await put(core.store, 'SessionTemplate', serveTemplate(config));
  await put(core.store, 'WarmPool', narrativePool(settings, 'serve'));
  const controller = await openController(core, options);
  const direct = directSettings(settings, 'serve', frontPaths(settings));
  if (direct)
    await openManagement(core, { settings, direct, listen: settings.MOORING_DIRECT_LISTEN, key: data.signInKey, logger }, shutdown);
  const stacks = await openDomains({ ...options, registry: core.registry, board });
  let project: ProjectClient | undefined;
  const containers = await serveContainers(settings, data, () => project);
  await openDoors(
    core,
    {
      settings,
      ...(containers && { containers }),
      ...openIdentity(settings, data.signInKey, shutdown),
      front: settings.MOORING_LISTEN,
      internal: settings.MOORING_INTERNAL_LISTEN,
      trustedProxies: settings.MOORING_TRUSTED_PROXIES,
      rates: { person: settings.MOORING_RATE_PERSON, address: settings.MOORING_RATE_ADDRESS, signIn: settings.MOORING_RATE_SIGN_IN },
      routeToken: settings.MOORING_TRAEFIK_TOKEN ?? data.routeToken,
      // Without its own address there is no fallback to serve; Traefik then keeps to what the labels say.
      controller:
        settings.MOORING_FRONT_URL === undefined ? { ...controller, routeDocument: () => undefined } : withDomains(controller, stacks),
      board,
      direct,
      statisticsFile: data.statistics,
      logger,
    },
    shutdown,
  );
  const { rancher_url: url = '', rancher_user: accessKey, rancher_password: secretKey } = settings;
  const client = openRancher(core, { url, accessKey, secretKey }, shutdown);
  await openRollouts(
    core,
    { settings, controller, rancher: rolloutRancher(core, { settings, shutdown, client }), host: settings.MOORING_LISTEN.host, logger },
    shutdown,
  );
  const onProject = (found: ProjectClient): void => {
    project = found;
  };
  await convergeInPlace({ controller, client, board, settings, logger, signal: options.signal, onProject });
}
