import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnRequests, type Target } from '../../packages/controller/src/index.js';
import { createProcessRuntime, type ImageManifest, startLocalRancher } from '../../packages/local-rancher/src/index.js';
import { createLogger } from '../../packages/mooring/src/logging.js';
import { type ProjectClient, RancherClient } from '../../packages/rancher-client/src/index.js';
import { type Probe, sessionSchema } from '../../packages/resources/src/index.js';
import { until } from './until.js';

export const log: ReturnType<typeof createLogger> = createLogger('silent', { write: () => undefined });

/** A local Rancher with containers that are processes, for those who look at them from outside. */
export interface ActivityPlace {
  project: ProjectClient;
  own: OwnRequests;
  /** Starts a container of the image and answers it as a target; it may not listen yet. */
  run(image: string): Promise<Target>;
  close(): Promise<void>;
}

export async function startActivityPlace(images: ImageManifest): Promise<ActivityPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-activity-'));
  const installation = { variable: 'MOORING_TEST_INSTALLATION', id: folder };
  const runtime = createProcessRuntime({ dataDir: folder, installation, images, unknownImage: 'error', logger: log });
  const rancher = await startLocalRancher({ dataDir: folder, port: 0, metadataPort: 0, runtime, logger: log });
  const client = new RancherClient({ url: rancher.url });
  const project = client.project('1a5');
  const { id: stackId } = await project.stacks.create({ name: 'stack' });
  let created = 0;
  return {
    project,
    own: new OwnRequests(Date),
    run: async (image) => {
      const launchConfig = { imageUuid: `docker:${image}`, ports: ['8888/tcp'], dataVolumes: [`work-${++created}:/home/work`] };
      const { id } = await project.services.create({ name: `s${created}`, stackId, scale: 1, startOnCreate: true, launchConfig });
      const container = await until(async () =>
        (await project.containers.list()).find(
          ({ serviceIds, state, primaryIpAddress }) => serviceIds.includes(id) && state === 'running' && primaryIpAddress,
        ),
      );
      const address = { ip: container.primaryIpAddress as string, port: 8888 };
      return targetOf({ address, serviceId: id, containerId: container.id, run: `${container.id}/1/active` }, created);
    },
    close: async () => {
      await client.close();
      await rancher.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function targetOf(place: Omit<Target, 'session'>, ordinal: number): Target {
  const session = sessionSchema.parse({
    apiVersion: 'mooring.dev/v1',
    kind: 'Session',
    metadata: {
      name: `s${ordinal}`,
      uid: `6b2f6c1e-6f0e-4d3e-9f7a-${String(ordinal).padStart(12, '0')}`,
      generation: 1,
      resourceVersion: '1',
      creationTimestamp: new Date().toISOString(),
    },
    spec: {
      owner: { name: 'alice' },
      launch: { image: 'some/image' },
      route: { type: 'cookie' },
      idlePolicy: { afterSeconds: 600 },
    },
  });
  return { session, ...place };
}

/** The same with another policy or another way to ask. */
export function withSpec(
  target: Target,
  {
    openConnections = 'active',
    probe = {},
    env = {},
  }: { openConnections?: 'active' | 'ignore'; probe?: Partial<Probe>; env?: Record<string, string> },
): Target {
  const { spec } = target.session;
  const changed = {
    ...spec,
    launch: { ...spec.launch, env },
    probe: { ...spec.probe, ...probe },
    idlePolicy: { ...(spec.idlePolicy as NonNullable<typeof spec.idlePolicy>), openConnections },
  };
  return { ...target, session: { ...target.session, spec: changed } };
}
