import type { ProjectClient } from '@mooring/rancher-client';
import type { ObjectCache, Store } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { OwnRequests } from './activity/own-requests.js';
import { Adopter } from './adoption/adopter.js';
import { Strays } from './adoption/strays.js';
import { PoolReconciler } from './pools/reconciler.js';
import { Prober } from './routes/prober.js';
import { RouteTable } from './routes/table.js';
import type { Clock } from './runtime/clock.js';
import { Informer } from './runtime/informer.js';
import { SessionMemory } from './sessions/memory.js';
import { type ReadyObserver, registerSessionMetrics } from './sessions/metrics.js';
import { RancherGateway } from './sessions/rancher-gateway.js';
import { RancherView } from './sessions/rancher-view.js';
import { SessionReconciler } from './sessions/reconciler.js';
import type { RancherObject, SeenService } from './sessions/seen.js';
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
  pools: ObjectCache<'WarmPool'>;
  routing: RoutingOptions;
  registry: Registry;
  /** Told of what the controller sends through Traefik, for those who count requests there. */
  ownRequests?: OwnRequests;
  clock: Clock;
  log: Logger;
}

/** Where at Rancher the Sessions are converged. */
export interface Place {
  rancher: ProjectClient;
  stackId: string;
  /** Called whenever Rancher refuses to create in that stack: it may be another one by now. */
  onStackRefused?: () => void;
}

/** What needs no Rancher, made and joined but not yet running. */
export interface Parts {
  table: RouteTable;
  prober: Prober;
  templateReconciler: TemplateReconciler;
  poolReconciler: PoolReconciler;
  strays: Strays;
  /** To be called when a Session has become ready. */
  onReady: ReadyObserver;
}

/** What converges the Sessions at one place, made and joined but not yet running. */
export interface PlaceParts {
  informer: Informer<RancherObject>;
  view: RancherView;
  adopter: Adopter;
  sessionReconciler: SessionReconciler;
}

export function makeParts({ store, sessions, templates, pools, routing, registry, clock }: PartsOptions): Parts {
  const table = new RouteTable({ ...routing, withSessions: routing.mode === 'http' });
  return {
    table,
    prober: new Prober(),
    templateReconciler: new TemplateReconciler({ store, templates, clock }),
    poolReconciler: new PoolReconciler({ store, pools, sessions, templates, clock }),
    strays: new Strays(registry),
    onReady: registerSessionMetrics(registry, sessions, table),
  };
}

export function makePlaceParts(
  { rancher, stackId, onStackRefused }: Place,
  options: PartsOptions,
  parts: Pick<Parts, 'table' | 'prober' | 'onReady' | 'strays'>,
): PlaceParts {
  const { store, sessions, routing, clock, log, ownRequests: own } = options;
  const gateway = new RancherGateway(rancher, stackId, onStackRefused);
  const informer = new Informer<RancherObject>({ source: gateway, clock, log });
  const view = new RancherView(informer, gateway);
  const sessionReconciler = new SessionReconciler({
    ...parts,
    store,
    sessions,
    gateway,
    clock,
    view,
    memory: new SessionMemory(),
    place: { stackId, entryPoint: routing.entryPoint },
    routeCheck: { entryPointUrl: routing.entryPointUrl, byDocument: routing.mode === 'http', own },
  });
  const services = () => servicesIn(informer);
  const adopter = new Adopter({ store, sessions, gateway, services, table: parts.table, strays: parts.strays, clock, log });
  return { informer, view, adopter, sessionReconciler };
}

function* servicesIn(informer: Informer<RancherObject>): Iterable<SeenService> {
  for (const object of informer.values()) if (object.kind === 'service') yield object;
}
