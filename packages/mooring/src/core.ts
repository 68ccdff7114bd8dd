import { randomBytes } from 'node:crypto';
import { OwnRequests } from '@mooring/controller';
import { createProbeProof, type ObjectCache, openCache, openStore, type ProbeProof, type Store, UseLog } from '@mooring/resources';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { DataFolder } from './data/data-folder.js';
import { type Shutdown, STAGES } from './process/shutdown.js';

/** What front and controller share. */
export interface Core {
  store: Store;
  sessions: ObjectCache<'Session'>;
  templates: ObjectCache<'SessionTemplate'>;
  pools: ObjectCache<'WarmPool'>;
  registry: Registry;
  /** When the front last saw somebody come to a session. */
  uses: UseLog;
  /** What the controller itself sends through Traefik. */
  ownRequests: OwnRequests;
  /** What its probes show to the front, where that verifies requests. */
  proof: ProbeProof;
}

/** Opens the store and mirrors it in memory. */
export async function openCore(data: DataFolder, logger: Logger, shutdown: Shutdown): Promise<Core> {
  const store = await openStore({ path: data.database, logger });
  shutdown.add(STAGES.store, 'store', () => store.close());
  const sessions = openCache(store, 'Session', { logger });
  const templates = openCache(store, 'SessionTemplate', { logger });
  const pools = openCache(store, 'WarmPool', { logger });
  shutdown.add(STAGES.caches, 'cache of sessions', () => sessions.close());
  shutdown.add(STAGES.caches, 'cache of templates', () => templates.close());
  shutdown.add(STAGES.caches, 'cache of pools', () => pools.close());
  await Promise.all([sessions.ready(), templates.ready(), pools.ready()]);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    store,
    sessions,
    templates,
    pools,
    registry,
    uses: new UseLog(),
    ownRequests: new OwnRequests(Date),
    proof: createProbeProof(randomBytes(32)),
  };
}
