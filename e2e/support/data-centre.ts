import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietLogger } from '../../leaks/quiet-logger.js';
import { noteSecret } from '../../leaks/watch.js';
import {
  createProcessRuntime,
  DEMO_IMAGE,
  demoImage,
  type ImageManifest,
  startLocalRancher,
} from '../../packages/local-rancher/src/index.js';
import { ask } from './person.js';
import { processesWith } from './processes.js';
import { RancherGate } from './rancher-gate.js';
import { until } from './until.js';

/** The API key that the data centre's Rancher knows. */
export const KEY = { access: 'E2E4C1A7B2D3E4F50617', secret: 'n0tForAnyLogVeryL0ngSecretKeyOfRanchers' };
noteSecret(KEY.secret);
noteSecret(Buffer.from(`${KEY.access}:${KEY.secret}`).toString('base64'));

interface ServiceRecord {
  id: string;
  name: string;
  state: string;
  stackId: string;
  description: string;
  launchConfig: { imageUuid: string; labels: Record<string, string>; environment: Record<string, string>; ports: string[] };
}

/** A Rancher with a stack `mooring`, its metadata service, and containers that run whatever becomes of Rancher's API. */
export interface DataCentre {
  gate: RancherGate;
  metadataUrl: string;
  /** The id of the stack `mooring`. */
  stackId: string;
  /** Removes a stack, and all that is in it. */
  removeStack(id: string): Promise<void>;
  /** Makes another stack of the name `mooring`, and answers its id. */
  createStack(): Promise<string>;
  removeService(id: string): Promise<void>;
  /** From now on no container does anything, though its connections stay; and all go on where they were. */
  freezeContainers(): void;
  thawContainers(): void;
  /** Services that aren't removed, read past the gate. */
  services(): Promise<ServiceRecord[]>;
  close(): Promise<void>;
}

const SERVICES = '/v2-beta/projects/1a5/services';
const STACKS = '/v2-beta/projects/1a5/stacks';
const JSON_HEADERS = { accept: 'application/json', 'content-type': 'application/json' };

const INSTALLATION = 'E2E_DATA_CENTRE';

/** Starts it; the gate listens on `port`, and is open. It knows the demo's image, and others that it is given. */
export async function openDataCentre(port: number, others: ImageManifest = {}): Promise<DataCentre> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-rancher-'));
  const logger = quietLogger();
  const images = { [DEMO_IMAGE]: demoImage, ...others };
  const containers = join(folder, 'containers');
  await mkdir(containers);
  const runtime = createProcessRuntime({
    dataDir: containers,
    installation: { variable: INSTALLATION, id: folder },
    images,
    unknownImage: 'error',
    logger,
  });
  const rancher = await startLocalRancher({ dataDir: join(folder, 'rancher'), port: 0, metadataPort: 0, runtime, logger });
  const { origin, port: upstreamPort } = new URL(rancher.url);
  const createStack = async (): Promise<string> => {
    const body = JSON.stringify({ type: 'stack', name: 'mooring' });
    return (await ask(origin, STACKS, { method: 'POST', headers: JSON_HEADERS, body })).json().id as string;
  };
  const remove = async (path: string): Promise<void> => {
    await ask(origin, path, { method: 'DELETE', headers: JSON_HEADERS });
    await until(async () => (await ask(origin, path, { headers: JSON_HEADERS })).json().state === 'removed');
  };
  const signalContainers = (signal: NodeJS.Signals): void => {
    for (const pid of processesWith(INSTALLATION, folder)) process.kill(pid, signal);
  };
  const gate = new RancherGate(port, Number(upstreamPort), KEY);
  await gate.open();
  return {
    gate,
    metadataUrl: rancher.metadataUrl,
    stackId: await createStack(),
    createStack,
    removeStack: (id) => remove(`${STACKS}/${id}`),
    removeService: (id) => remove(`${SERVICES}/${id}`),
    freezeContainers: () => signalContainers('SIGSTOP'),
    thawContainers: () => signalContainers('SIGCONT'),
    services: async () => {
      const { text } = await ask(origin, `${SERVICES}?limit=3000`, { headers: { accept: 'application/json' } });
      return (JSON.parse(text) as { data: ServiceRecord[] }).data;
    },
    close: async () => {
      signalContainers('SIGCONT');
      await gate.shut();
      await rancher.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
