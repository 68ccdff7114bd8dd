import type { ProjectClient } from '@mooring/rancher-client';
import { type ObjectCache, type ProbeProof, type Store, VERIFY_PATH } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { ActivityBook } from './activity/book.js';
import { Journal } from './activity/journal.js';
import { ActivityMetrics } from './activity/metrics.js';
import type { OwnRequests } from './activity/own-requests.js';
import type { ActivitySource } from './activity/reading.js';
import { longestInterval } from './activity/schedule.js';
import { ActivityTicker } from './activity/tick.js';
import { Adopter } from './adoption/adopter.js';
import { Strays } from './adoption/strays.js';
import { PoolReconciler } from './pools/reconciler.js';
import type { DirectDoor } from './routes/direct.js';
import { type Asker, Prober } from './routes/prober.js';
import { RouteTable } from './routes/table.js';
import type { Clock } from './runtime/clock.js';
import { Informer } from './runtime/informer.js';
import { SessionMemory } from './sessions/memory.js';
import { type ReadyObserver, registerPoolMetrics, registerSessionMetrics } from './sessions/metrics.js';
import { RancherGateway } from './sessions/rancher-gateway.js';
import { RancherView } from './sessions/rancher-view.js';
import { SessionReconciler } from './sessions/reconciler.js';
import type { RancherObject, SeenService } from './sessions/seen.js';
import { StartTimes } from './sessions/start-times.js';
import { StartMetrics } from './starts/metrics.js';
import { StartQueue } from './starts/start-queue.js';
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
  /**
   * `http`: Traefik 3 fetches our document. `labels`: Traefik 2 reads the services' labels; the document holds the fallback, and
   * the waiting page's routes for sessions that are starting or being stopped. `auto`:
   * as the version that Traefik's API tells has it; until that is known there is no document, and Traefik keeps what it has.
   */
  mode: 'http' | 'labels' | 'auto';
  /**
   * The Traefik that fetches the document: which one it is, or where its API says that (`http://traefik:8080`). It gets what its version
   * understands, and what every Traefik 3 does where that isn't known.
   */
  traefik?: { version: string } | { apiUrl: string };
  /** What leads to the front for containers that are asked for by name; nothing does where it is missing. */
  direct?: DirectDoor;
  /** Each request to a session is verified by the front; `proof` is what the controller's own probes show there. */
  verify?: { proof: ProbeProof };
}

/** Where Traefik asks about requests to sessions. */
const verifyUrlOf = ({ verify, fallbackUrl }: RoutingOptions): string | undefined =>
  verify && `${fallbackUrl.replace(/\/+$/, '')}${VERIFY_PATH}`;

export interface PartsOptions {
  store: Store;
  sessions: ObjectCache<'Session'>;
  templates: ObjectCache<'SessionTemplate'>;
  pools: ObjectCache<'WarmPool'>;
  routing: RoutingOptions;
  registry: Registry;
  /** Who can tell whether sessions are used; without it nothing is ever idle. */
  activity?: ActivityOptions | undefined;
  /** The template whose idle policy sessions have that were imported, and so are of no template. */
  importsFollow?: string;
  /** Sessions that start at once; as many as come where it is missing. */
  maxStarts?: number | undefined;
  /** Told of what the controller sends through Traefik, for those who count requests there. */
  ownRequests?: OwnRequests;
  clock: Clock;
  log: Logger;
  /** Who asks containers and Traefik, and who asks for versions; over the network where nothing else is said. */
  askers?: { routes: Asker; versions: Asker };
}

export interface ActivityOptions {
  /** When the sources are asked: a cron expression with seconds. */
  schedule: string;
  sourcesFor(place: Place): ActivitySource[];
}

/** Where at Rancher the Sessions are converged. */
export interface Place {
  rancher: ProjectClient;
  stackId: string;
  /** The stack's name, where it is known: Traefik 2 names by it what narrative-traefiker left. */
  stackName?: string;
  /** Called whenever Rancher refuses to create in that stack: it may be another one by now. */
  onStackRefused?: () => void;
}

/** What needs no Rancher, made and joined but not yet running. */
export interface Parts {
  table: RouteTable;
  prober: Asker;
  templateReconciler: TemplateReconciler;
  poolReconciler: PoolReconciler;
  strays: Strays;
  book: ActivityBook;
  activityMetrics: ActivityMetrics;
  startMetrics: StartMetrics;
  /** To be called when a Session has become ready. */
  onReady: ReadyObserver;
  startTimes: StartTimes;
}

/** What converges the Sessions at one place, made and joined but not yet running. */
export interface PlaceParts {
  informer: Informer<RancherObject>;
  view: RancherView;
  adopter: Adopter;
  ticker: ActivityTicker;
  starts: StartQueue;
  sessionReconciler: SessionReconciler;
}

export function makeParts({ store, sessions, templates, pools, routing, registry, clock, askers }: PartsOptions): Parts {
  const table = new RouteTable({
    ...routing,
    verifyUrl: verifyUrlOf(routing),
    withSessions: routing.mode === 'auto' ? undefined : routing.mode === 'http',
  });
  const startTimes = new StartTimes();
  const measure = registerSessionMetrics(registry, sessions, table);
  registerPoolMetrics(registry, pools);
  return {
    table,
    prober: askers?.routes ?? new Prober(),
    templateReconciler: new TemplateReconciler({ store, templates, clock, asker: askers?.versions }),
    poolReconciler: new PoolReconciler({ store, pools, sessions, templates, clock }),
    strays: new Strays(registry),
    book: new ActivityBook(store),
    activityMetrics: new ActivityMetrics(registry),
    startMetrics: new StartMetrics(registry),
    startTimes,
    onReady: (sinceMs, conditions) => {
      measure(sinceMs, conditions);
      startTimes.observe(sinceMs, conditions);
    },
  };
}

export function makePlaceParts(
  place: Place,
  options: PartsOptions,
  { parts, wake }: { parts: Parts; wake: (name: string) => void },
): PlaceParts {
  const { rancher, stackId, onStackRefused } = place;
  const { store, sessions, templates, routing, clock, log, ownRequests: own } = options;
  const gateway = new RancherGateway(rancher, stackId, onStackRefused);
  const informer = new Informer<RancherObject>({ source: gateway, clock, log });
  const view = new RancherView(informer, gateway);
  const memory = new SessionMemory();
  const ticker = makeTicker(place, options, { parts, wake, runOf: (uid) => memory.runOf(uid) });
  const starts = makeStarts(options, { parts, wake });
  const sessionReconciler = new SessionReconciler({
    ...parts,
    starts,
    store,
    sessions,
    templates,
    gateway,
    clock,
    view,
    memory,
    activity: { known: (uid) => parts.book.known(uid), ask: (session) => ticker.ask(session) },
    journal: new Journal(store, parts.activityMetrics),
    place: { stackId, entryPoint: routing.entryPoint, verifyUrl: verifyUrlOf(routing), directHosts: routing.direct?.hosts },
    routeCheck: {
      ...{ entryPointUrl: routing.entryPointUrl, own, proof: routing.verify?.proof },
      byDocument: () => parts.table.withSessions === true,
    },
  });
  const services = () => servicesIn(informer);
  const adopter = new Adopter({ store, sessions, gateway, services, table: parts.table, strays: parts.strays, clock, log });
  return { informer, view, adopter, ticker, starts, sessionReconciler };
}

function makeStarts(
  { sessions, maxStarts: max, clock }: PartsOptions,
  { parts, wake }: { parts: Parts; wake: (name: string) => void },
): StartQueue {
  const wakeByUid = (uid: string): void => {
    const session = sessions.byUid(uid);
    if (session) wake(session.metadata.name);
  };
  const starts = new StartQueue({ max, clock, metrics: parts.startMetrics, wake: wakeByUid });
  for (const session of sessions.list()) starts.resume(session);
  return starts;
}

/** Without sources nothing is looked at, so the interval doesn't matter. */
const NEVER_MS = 24 * 60 * 60 * 1000;

function makeTicker(
  place: Place,
  { sessions, activity, clock, log }: PartsOptions,
  { parts, wake, runOf }: { parts: Parts; wake: (name: string) => void; runOf: (uid: string) => string | undefined },
): ActivityTicker {
  const sources = activity?.sourcesFor(place) ?? [];
  const intervalMs = activity ? longestInterval(activity.schedule) : NEVER_MS;
  return new ActivityTicker({ sessions, book: parts.book, sources, runOf, intervalMs, metrics: parts.activityMetrics, wake, clock, log });
}

function* servicesIn(informer: Informer<RancherObject>): Iterable<SeenService> {
  for (const object of informer.values()) if (object.kind === 'service') yield object;
}
