import { createDockerRuntime, createProcessRuntime, type ImageManifest, type Runtime, startLocalRancher } from '@mooring/local-rancher';
import type { ProjectClient, RancherClient } from '@mooring/rancher-client';
import type { Logger } from 'pino';
import type { Settings } from '../config/keys.js';
import type { Core } from '../core.js';
import type { DataFolder } from '../data/data-folder.js';
import { openRancher } from '../open-rancher.js';
import type { Ports } from '../process/ports.js';
import { INSTALLATION_VARIABLE } from '../process/proc.js';
import { type Shutdown, STAGES } from '../process/shutdown.js';

/** A fresh Rancher's only project. */
export const PROJECT = '1a5';
export const STACK = 'mooring';

export interface LocalRancherParts {
  settings: Settings;
  data: DataFolder;
  ports: Ports;
  images: ImageManifest;
  logger: Logger;
}

async function findOrCreateStack(project: ProjectClient): Promise<string> {
  const [stack] = await project.stacks.list({ name: STACK });
  return (stack ?? (await project.stacks.create({ name: STACK }))).id;
}

async function openRuntime({ settings, data, images }: LocalRancherParts, logger: Logger): Promise<Runtime> {
  if (settings.MOORING_RUNTIME === 'docker')
    return createDockerRuntime({
      url: settings.MOORING_DOCKER_URL,
      network: settings.MOORING_DOCKER_NETWORK,
      installation: data.installation,
      logger,
    });
  return createProcessRuntime({
    dataDir: data.containers,
    installation: { variable: INSTALLATION_VARIABLE, id: data.installation },
    images,
    unknownImage: settings.MOORING_UNKNOWN_IMAGE,
    logger,
  });
}

/** Starts local Rancher over what runs containers here, and sees to it that the stack is there. */
export async function openLocalRancher(
  core: Core,
  parts: LocalRancherParts,
  shutdown: Shutdown,
): Promise<{ client: RancherClient; project: ProjectClient; stackId: string }> {
  const { settings, data, ports } = parts;
  const logger = parts.logger.child({ component: 'local-rancher' });
  const runtime = await openRuntime(parts, logger);
  const rancher = await startLocalRancher({
    dataDir: data.rancher,
    port: ports.rancher,
    metadataPort: ports.metadata,
    pace: settings.MOORING_PACE,
    runtime,
    logger,
  });
  shutdown.add(STAGES.serving, 'local Rancher', () => rancher.close(), { kill: () => runtime.close(0) });
  const client = openRancher(core, { url: rancher.url }, shutdown);
  const project = client.project(PROJECT);
  return { client, project, stackId: await findOrCreateStack(project) };
}
