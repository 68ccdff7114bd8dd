import { randomBytes } from 'node:crypto';
import { type Controller, startController } from '@mooring/controller';
import { createLocalProvider } from '@mooring/http-front';
import { findImage, type ImageManifest } from '@mooring/local-rancher';
import type { Logger } from 'pino';
import { activityOf } from '../activity.js';
import type { Config } from '../config/config.js';
import type { Settings } from '../config/keys.js';
import type { Environment } from '../config/sources.js';
import { localFiles } from '../containers/local-files.js';
import { containersOf } from '../containers/options.js';
import { usageOf } from '../containers/usage.js';
import { type Core, openCore } from '../core.js';
import type { DataFolder } from '../data/data-folder.js';
import { keptValue } from '../data/kept-value.js';
import { directDoor, directSettings, openManagement } from '../direct.js';
import { type DoorsOptions, openDoors } from '../doors.js';
import { narrativePool } from '../pool.js';
import { leaveFirst } from '../process/leave.js';
import { endLeftovers } from '../process/leftovers.js';
import { checkPorts, type Ports } from '../process/ports.js';
import { type Shutdown, STAGES } from '../process/shutdown.js';
import type { Progress } from '../progress.js';
import { cacheFolder, makeCacheFolder } from '../provision/cache-folder.js';
import type { JupyterSetUp } from '../provision/jupyter.js';
import { findTraefik, type TraefikProgram } from '../provision/traefik.js';
import { put } from '../put.js';
import { ReadinessBoard } from '../readiness.js';
import { openRollouts } from '../rollouts.js';
import { localTemplate, NARRATIVE } from '../template.js';
import { LOCAL_IDLE_MS, startLocalTraefik } from '../traefik/local-traefik.js';
import { entryPointOpen, holdsWithin } from './entry-point.js';
import { localImages, provideDockerImage } from './images.js';
import { type OpenedRancher, openLocalRancher, STACK } from './rancher.js';
import { localSatellite, openLocalSatellite } from './satellite.js';

export interface LocalOptions {
  config: Config;
  data: DataFolder;
  ports: Ports;
  environment: Environment;
  progress: Progress;
  logger: Logger;
  shutdown: Shutdown;
  signal: AbortSignal;
}

/** What the front serves through Traefik; `/` and `/login` are the local sign-in's. */
const frontPaths = ({ MOORING_CONTAINERS }: Settings): string[] => [
  '/narrative*',
  '/api/v1/*',
  '/',
  '/login',
  ...(MOORING_CONTAINERS === 'on' ? ['/v1/*'] : []),
];
const HOST = '127.0.0.1';
const READY_MS = 60_000;

const PARTS = {
  controller: 'local Rancher and the controller are being started',
  traefik: "Traefik's entry point has not led to the front yet",
  started: 'not everything has worked together yet',
};

/** Makes room: ends what an earlier run left behind, and sees to it that the ports are free. */
async function clear({ data, ports, progress }: LocalOptions): Promise<void> {
  const ended = await endLeftovers(data.installation);
  if (ended > 0) progress.note(`ended ${ended} process(es) that an earlier run left behind`);
  await checkPorts(ports, HOST);
}

const imagesOf = (settings: Settings, setUp: JupyterSetUp): Promise<ImageManifest> =>
  settings.MOORING_RUNTIME === 'docker' ? provideDockerImage(settings, setUp) : localImages(settings.MOORING_IMAGE.name, setUp);

/** Both at the same time, since either may have to be fetched. One that fails calls off the other. */
async function provide({ config, environment, progress, signal }: LocalOptions) {
  const cache = await makeCacheFolder(cacheFolder(environment));
  const callOff = new AbortController();
  const setUp = { environment, cache, progress, signal: AbortSignal.any([signal, callOff.signal]) };
  const configured = config.settings.TRAEFIK_BIN;
  const both = [findTraefik({ ...setUp, ...(configured === undefined ? {} : { configured }) }), imagesOf(config.settings, setUp)] as const;
  try {
    const [traefik, images] = await Promise.all(both);
    return { traefik, images };
  } finally {
    callOff.abort();
    await Promise.allSettled(both);
  }
}

/** The container API, where it is on; a password that was made just now is printed once. */
async function openContainers({ config, data, ports, progress }: LocalOptions, { files, project }: OpenedRancher) {
  if (config.settings.MOORING_CONTAINERS === 'off') return {};
  const tell = (password: string): void =>
    progress.note(
      `the user admin of the container API, and of /deploy, has the password ${password} (kept in ${data.path}/admin-password)`,
    );
  const hosts = files ?? (await localSatellite(data, ports));
  const given = { data, files: localFiles(hosts, project.containers), watchUsage: usageOf(project), tell };
  return { containers: await containersOf(config.settings, given) };
}

function openLocalDoors(
  core: Core,
  { config, data, ports, logger, shutdown }: LocalOptions,
  parts: Pick<DoorsOptions, 'board' | 'controller' | 'containers'>,
) {
  const local = createLocalProvider({ key: data.signInKey });
  return openDoors(
    core,
    {
      settings: config.settings,
      identity: local,
      local,
      front: { host: HOST, port: ports.front },
      internal: { host: HOST, port: ports.internal },
      routeToken: data.routeToken,
      direct: directSettings(config.settings, 'start', frontPaths(config.settings)),
      statisticsFile: data.statistics,
      logger,
      ...parts,
    },
    shutdown,
  );
}

/** Where containers are processes, what is deployed by name is never a placeholder: whoever names an image hears that it isn't here. */
const imagesIn = (images: ImageManifest) => ({
  names: Object.keys(images),
  has: (image: string): boolean => findImage(images, image) !== undefined,
});

const PASSWORD = /^[A-Za-z0-9_-]{24}$/;

/** Has a user `admin`, whose password is made once, where no users file is named. It is told when it is made, and kept in the data folder. */
async function openLocalManagement(
  core: Core,
  { config, data, ports, progress, logger, shutdown }: LocalOptions,
  images: ImageManifest,
): Promise<void> {
  const { settings } = config;
  const direct = directSettings(settings, 'start', frontPaths(settings));
  if (!direct) return;
  const makes = settings.MOORING_DIRECT_USERS_FILE === undefined && settings.MOORING_DIRECT_AUTH === 'on';
  const make = (): string => {
    const password = randomBytes(18).toString('base64url');
    progress.note(`containers are deployed at http://${HOST}:${ports.management}/deploy by the user admin, whose password is ${password}`);
    progress.note(`(told this once; it is kept in ${data.adminPassword})`);
    return password;
  };
  const adminPassword = makes ? await keptValue(data.adminPassword, PASSWORD, make) : undefined;
  const listen = { host: HOST, port: ports.management };
  const own = adminPassword === undefined ? {} : { adminPassword };
  const parts = { settings, direct, listen, key: data.signInKey, ...own, logger };
  await openManagement(core, { ...parts, images: settings.MOORING_RUNTIME === 'docker' ? undefined : imagesIn(images) }, shutdown);
}

async function openTraefik(options: LocalOptions, program: TraefikProgram, board: ReadinessBoard): Promise<void> {
  const { config, data, ports, logger, shutdown, signal } = options;
  const traefik = await startLocalTraefik({ program, data, ports, frontPaths: frontPaths(config.settings), logger });
  shutdown.add(STAGES.serving, 'Traefik', () => traefik.stop(3_000), { kill: () => traefik.kill() });
  if (!(await entryPointOpen(`http://${HOST}:${ports.entryPoint}`, READY_MS, signal)))
    throw new Error(`Traefik doesn't lead to the front. What it says is in ${data.logs}/traefik.log.`);
  board.attach('traefik', () => {
    const check = traefik.pid === undefined ? { ok: false, message: 'Traefik has ended and is being started again' } : { ok: true };
    return { ok: check.ok, checks: { traefik: check } };
  });
}

async function openController(
  core: Core,
  options: LocalOptions,
  { images, traefik }: { images: ImageManifest; traefik: TraefikProgram },
): Promise<{ controller: Controller; rancher: OpenedRancher }> {
  const { config, data, ports, logger, shutdown } = options;
  const { settings } = config;
  const rancher = await openLocalRancher(core, { settings, data, ports, images, logger }, shutdown);
  const { client, project, stackId } = rancher;
  const direct = directSettings(settings, 'start', frontPaths(settings));
  const observed = { url: `http://${HOST}:${ports.traefik}/metrics`, idleMs: LOCAL_IDLE_MS };
  const controller = await startController({
    ...core,
    activity: activityOf(core, settings, { traefik: observed, logger }),
    importsFollow: NARRATIVE,
    maxStarts: settings.MOORING_MAX_STARTS,
    routing: {
      entryPointUrl: `http://${HOST}:${ports.entryPoint}`,
      entryPoint: 'web',
      fallbackUrl: `http://${HOST}:${ports.front}`,
      mode: 'http',
      frontPaths: frontPaths(settings),
      hosts: [],
      ...(direct && { direct: directDoor(direct) }),
      traefik: { version: traefik.version },
      ...(settings.MOORING_VERIFY === 'owner' && { verify: { proof: core.proof } }),
    },
    logger,
  });
  shutdown.add(STAGES.deciding, 'controller', () => controller.stop());
  controller.converge({ rancher: project, stackId, stackName: STACK });
  await openRollouts(core, { settings, controller, rancher: client, host: HOST, logger }, shutdown);
  return { controller, rancher };
}

/**
 * Starts everything on this machine. Resolves when all of it works together.
 *
 * @throws what kept it from it; what was started by then is in `shutdown`.
 */
export async function bringUpLocally(options: LocalOptions): Promise<void> {
  const { config, data, progress, logger, shutdown, signal } = options;
  await clear(options);
  const provided = await provide(options);
  progress.note('starting local Rancher, controller, front and Traefik …');
  const board = new ReadinessBoard(PARTS);
  leaveFirst(shutdown, { board, signal, drainMs: 0 });
  const core = await openCore(data, logger, shutdown);
  await put(core.store, 'SessionTemplate', localTemplate(config));
  await put(core.store, 'WarmPool', narrativePool(config.settings, 'start'));
  const { controller, rancher } = await openController(core, options, provided);
  board.attach('controller', () => controller.ready());
  await openLocalSatellite({ ...options, settings: config.settings }, shutdown);
  await openLocalDoors(core, options, { board, controller, ...(await openContainers(options, rancher)) });
  await openLocalManagement(core, options, provided.images);
  await openTraefik(options, provided.traefik, board);
  if (!(await holdsWithin(READY_MS, () => controller.ready().ok, signal)))
    throw new Error(`Not everything works: ${JSON.stringify(controller.ready().checks)}. More is in ${data.logs}/mooring.log.`);
  board.pass('started');
}
