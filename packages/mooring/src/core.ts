import { randomBytes } from 'node:crypto';
import { OwnRequests, registerClientMetrics } from '@mooring/controller';
import type { RequestSeen } from '@mooring/rancher-client';
import { createProbeProof, type ObjectCache, openCache, openStore, type ProbeProof, type Store, UseLog } from '@mooring/resources';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { DataFolder } from './data/data-folder.js';
import { type Shutdown, STAGES } from './process/shutdown.js';
import { registerStoreMetrics } from './store-metrics.js';

/** What front and controller share. */
export interface Core {
  store: Store;
  sessions: ObjectCache<'Session'>;
  templates: ObjectCache<'SessionTemplate'>;
  pools: ObjectCache<'WarmPool'>;
  rollouts: ObjectCache<'Rollout'>;
  registry: Registry;
  /** Measures what is asked of Rancher, whoever asks. */
  onRequest: (seen: RequestSeen) => void;
  /** When the front last saw somebody come to a session. */
  uses: UseLog;
  /** What the controller itself sends through Traefik. */
  ownRequests: OwnRequests;
  /** What its probes show to the front, where that verifies requests. */
  proof: ProbeProof;
}

/** prom-client's own gauges that are named as counters are; what they count is in those by type, too. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

function openRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return registry;
}

/** Opens the store and mirrors it in memory. */
export async function openCore(data: DataFolder, logger: Logger, shutdown: Shutdown): Promise<Core> {
  const registry = openRegistry();
  const store = await openStore({ path: data.database, logger, onWrite: registerStoreMetrics(registry) });
  shutdown.add(STAGES.store, 'store', () => store.close());
  const sessions = openCache(store, 'Session', { logger });
  const templates = openCache(store, 'SessionTemplate', { logger });
  const pools = openCache(store, 'WarmPool', { logger });
  const rollouts = openCache(store, 'Rollout', { logger });
  shutdown.add(STAGES.caches, 'cache of sessions', () => sessions.close());
  shutdown.add(STAGES.caches, 'cache of templates', () => templates.close());
  shutdown.add(STAGES.caches, 'cache of pools', () => pools.close());
  shutdown.add(STAGES.caches, 'cache of rollouts', () => rollouts.close());
  await Promise.all([sessions.ready(), templates.ready(), pools.ready(), rollouts.ready()]);
  return {
    store,
    sessions,
    templates,
    pools,
    rollouts,
    registry,
    onRequest: registerClientMetrics(registry),
    uses: new UseLog(),
    ownRequests: new OwnRequests(Date),
    proof: createProbeProof(randomBytes(32)),
  };
}
