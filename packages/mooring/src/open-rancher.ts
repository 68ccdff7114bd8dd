import { RancherClient, type RancherClientOptions } from '@mooring/rancher-client';
import type { Core } from './core.js';
import { type Shutdown, STAGES } from './process/shutdown.js';

/** No person waits for a call to Rancher, and one that takes 20 s a call can still be worked with. */
const DEADLINE_MS = 60_000;

/** The client that the controller uses, with its metrics. */
export function openRancher(
  { onRequest }: Pick<Core, 'onRequest'>,
  options: Pick<RancherClientOptions, 'url' | 'accessKey' | 'secretKey'>,
  shutdown: Shutdown,
): RancherClient {
  const client = new RancherClient({ ...options, deadlineMs: DEADLINE_MS, onRequest });
  shutdown.add(STAGES.caches, 'Rancher client', () => client.close());
  return client;
}
