import type { ProjectClient } from '@mooring/rancher-client';
import type { ObjectCache, Store } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { Prober } from './routes/prober.js';
import { RouteTable } from './routes/table.js';
import type { Clock } from './runtime/clock.js';
import { Informer } from './runtime/informer.js';
import { SessionMemory } from './sessions/memory.js';
import { registerSessionMetrics } from './sessions/metrics.js';
import { RancherGateway, type RancherObject } from './sessions/rancher-gateway.js';
import { RancherView } from './sessions/rancher-view.js';
import { SessionReconciler } from './sessions/reconciler.js';
import { TemplateReconciler } from './templates/reconciler.js';

export interface RoutingOptions {
  /** Where the controller reaches Traefik's entry point: an origin. */
  entryPointUrl: string;
  /** The entry point's name at Traefik. */
  entryPoint: string;
  /** The front as Traefik reaches it: an origin. */
  fallbackUrl: string;
  /** What the front serves through Traefik; a `*` at the end means every path that starts so. */
  frontPaths: readonly string[];
  /** Host names that the front serves; empty: every one. */
  hosts: readonly string[];
  /** `http`: Traefik 3 fetches our document. `labels`: Traefik 2 reads the services' labels, and the document holds the fallback only. */
  mode: 'http' | 'labels';
}

export interface PartsOptions {
  store: Store;
  sessions: ObjectCache<'Session'>;
  templates: ObjectCache<'SessionTemplate'>;
  rancher: ProjectClient;
  stackId: string;
  routing: RoutingOptions;
  registry: Registry;
  clock: Clock;
  log: Logger;
}

/** Everything that converges, made and joined but not yet running. */
export interface Parts {
  table: RouteTable;
  prober: Prober;
  informer: Informer<RancherObject>;
  sessionReconciler: SessionReconciler;
  templateReconciler: TemplateReconciler;
}

export function makeParts({ store, sessions, templates, rancher, stackId, routing, registry, clock, log }: PartsOptions): Parts {
  const byDocument = routing.mode === 'http';
  const table = new RouteTable({ ...routing, withSessions: byDocument });
  const prober = new Prober();
  const gateway = new RancherGateway(rancher, stackId);
  const informer = new Informer<RancherObject>({ source: gateway, clock, log });
  const sessionReconciler = new SessionReconciler({
    store,
    sessions,
    gateway,
    table,
    prober,
    clock,
    view: new RancherView(informer, gateway),
    memory: new SessionMemory(),
    place: { stackId, entryPoint: routing.entryPoint },
    routeCheck: { entryPointUrl: routing.entryPointUrl, byDocument },
    onReady: registerSessionMetrics(registry, sessions, table),
  });
  return { table, prober, informer, sessionReconciler, templateReconciler: new TemplateReconciler({ store, templates, clock }) };
}
