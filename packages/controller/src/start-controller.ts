import type { ReaperReport } from '@mooring/resources';
import type { Logger } from 'pino';
import { type Explanation, explainSession } from './activity/explain.js';
import { type Check, type Convergence, converge } from './converge.js';
import { makeParts, type Parts, type PartsOptions, type Place } from './parts.js';
import { type RolloutPlace, type Rollouts, startRollouts } from './rollouts/start.js';
import type { RouteTable } from './routes/table.js';
import { failsOverOnErrors, readsDocument, TraefikVersion } from './routes/traefik-version.js';
import { type Clock, systemClock } from './runtime/clock.js';
import { type Reconcile, runController } from './runtime/controller.js';
import { RuntimeMetrics } from './runtime/metrics.js';
import { WorkQueue } from './runtime/work-queue.js';
import { loadRoutes } from './sessions/load-routes.js';
import type { StartKind, UsualStart } from './sessions/start-times.js';
import { type Tail, tailOf } from './sessions/tail.js';
import { reconcileUnobserved } from './sessions/unobserved.js';
import { askVersions } from './templates/ask-versions.js';
import { addAll, wireTriggers } from './triggers.js';

export interface ControllerOptions extends Omit<PartsOptions, 'clock' | 'log'> {
  logger: Logger;
  clock?: Clock;
}

export interface Controller {
  /** The document for Traefik's HTTP provider; undefined until it may be served. */
  routeDocument(): string | undefined;
  /** Calls when that document may have become another. */
  onRoutesChanged(listener: () => void): void;
  /** Asks which Traefik runs, before somebody new is given the document; resolves within some seconds. */
  knowReader(): Promise<void>;
  /** ok once Rancher was seen whole and every Session that was there at the start was looked at. */
  ready(): { ok: boolean; checks: Record<string, Check> };
  /**
   * Begins to converge the Sessions, now that it is known where. Called again, it goes on at another place: nothing is decided there
   * before that one was seen whole, and the services of Sessions that are not found there are created anew.
   */
  converge(place: Place): void;
  /** What happens every five minutes anyway: all of Rancher is listed again and every Session looked at. Resolves with the list. */
  resync(): Promise<void>;
  /**
   * Looks at all sessions' activity now, ends those that are due, and tells what came of it, after 30 s at most. A call while a pass is under
   * way gets that one's report.
   */
  reap(): Promise<ReaperReport>;
  /** Why a session is in the state that it is in, and what comes next; undefined where there is none of that name. */
  explain(name: string): Promise<Explanation | undefined>;
  /** Brings recorded Rollouts to their ends from now on. */
  rollOut(place: RolloutPlace): void;
  /** The last lines that a session's container wrote, asked of Rancher within some seconds; undefined where there is no such session. */
  tail(name: string, lines: number): Promise<Tail | undefined>;
  /** How long recent starts of this kind took, in seconds; undefined where too few were seen. */
  usualStart(kind: StartKind): UsualStart | undefined;
  /** When a session was last seen to be used, by its uid, in ms since the epoch; undefined where that isn't known. */
  lastActive(uid: string): number | undefined;
  stop(): Promise<void>;
}

/** More than the calls that Rancher gets at once (the gateway's limit): who writes a status keeps none of them idle. */
const WORKERS = 48;
const NOT_FOUND_YET: Check = { ok: false, message: 'the place for sessions has not been found at Rancher yet' };

const NOTHING_SEEN: ReaperReport = {
  seen: 0,
  active: 0,
  quiet: 0,
  unknown: 0,
  marked: 0,
  deleted: 0,
  stopped: 0,
  failed: [],
  problem: 'The place for sessions has not been found at Rancher yet.',
};

/**
 * Starts what keeps Traefik's routes and the templates, which need no Rancher: a Rancher that is down at our start takes nobody's
 * notebook away. Resolves when the routes of the last run are laid; the Sessions wait for `converge`.
 */
export async function startController(given: ControllerOptions): Promise<Controller> {
  const clock = given.clock ?? systemClock;
  const options = { ...given, clock, log: given.logger.child({ component: 'controller' }) };
  const parts = makeParts(options);
  await Promise.all([options.sessions.ready(), options.templates.ready(), options.pools.ready()]);
  await Promise.all([loadRoutes(options.sessions, options.store, parts.table), parts.book.load()]);
  if (await knowsRoutes(options)) parts.table.markLoaded();
  return run(options, parts);
}

/** A store may be new because the old one was lost: what people use then is only known once Rancher was asked. */
const knowsRoutes = async ({ routing, store }: PartsOptions): Promise<boolean> => routing.mode === 'labels' || (await store.wasSearched());

function run(options: PartsOptions, parts: Parts): Controller {
  const { table, prober, templateReconciler, poolReconciler } = parts;
  const metrics = new RuntimeMetrics(options.registry);
  const sessionLoop = makeLoop('session', WORKERS, options, metrics);
  const templateLoop = makeLoop('sessiontemplate', 2, options, metrics);
  const poolLoop = makeLoop('warmpool', 1, options, metrics);
  const loops = [sessionLoop, templateLoop, poolLoop];
  const unsubscribe = wireTriggers(options, parts, { sessions: sessionLoop.queue, templates: templateLoop.queue, pools: poolLoop.queue });
  let reconcileSession = reconcileUnobserved(options);
  const running = [
    sessionLoop.run((name, log) => reconcileSession(name, log)),
    templateLoop.run(templateReconciler.reconcile),
    poolLoop.run(poolReconciler.reconcile),
  ];
  addAll(sessionLoop.queue, options.sessions);
  addAll(templateLoop.queue, options.templates);
  addAll(poolLoop.queue, options.pools);
  const stopAsking = askVersions(templateLoop.queue, options.templates);
  const stopping = new AbortController();
  const version = followTraefik(options, table, stopping.signal);
  const followed = version?.follow();
  let place: Place | undefined;
  let convergence: Convergence | undefined;
  let rollouts: Rollouts | undefined;
  /** The convergences at places that were left, being stopped. */
  let left: Promise<unknown> = Promise.resolve();
  return {
    routeDocument: () => {
      const now = options.clock.now();
      table.dropCovers(now);
      const document = table.serve();
      if (document !== undefined) table.noteFetch(now);
      return document;
    },
    onRoutesChanged: (listener) => table.onChanged(listener),
    knowReader: async () => version?.renew(),
    ready: () => readiness(convergence?.checks() ?? { rancher: NOT_FOUND_YET }),
    converge: (given) => {
      place = given;
      const use = (reconcile: Reconcile): void => {
        reconcileSession = reconcile;
      };
      use(reconcileUnobserved(options));
      left = Promise.all([left, convergence?.stop()]);
      convergence = converge(given, options, { loop: { queue: sessionLoop.queue, use }, parts });
    },
    rollOut: (given) => {
      rollouts ??= startRollouts(given, { ...options, metrics });
    },
    resync: async () => convergence?.resync(),
    reap: async () => convergence?.reap() ?? NOTHING_SEEN,
    explain: (name) => explain(name, options, parts),
    tail: async (name, lines) => {
      const session = options.sessions.get(name);
      return session && tailOf(session, lines, place?.rancher.containers);
    },
    usualStart: (kind) => parts.startTimes.usual(kind),
    lastActive: (uid) => parts.book.known(uid)?.memory.lastActive?.at,
    stop: async () => {
      unsubscribe();
      stopping.abort();
      await stopAsking();
      for (const { queue } of loops) queue.shutDown();
      await Promise.all([convergence?.stop(), rollouts?.stop(), left, followed, ...running]);
      await Promise.all([prober.close(), templateReconciler.close()]);
    },
  };
}

async function explain(name: string, { sessions, store, clock }: PartsOptions, { book }: Parts): Promise<Explanation | undefined> {
  const session = sessions.get(name);
  if (!session) return undefined;
  const events = await store.eventsOf(session.metadata.uid);
  return explainSession({ session, ...book.known(session.metadata.uid), events, now: clock.now() });
}

/** Keeps the document to what the Traefik that fetches it understands. undefined where nobody has to be asked for that. */
function followTraefik({ routing, clock, log }: PartsOptions, table: RouteTable, signal: AbortSignal): TraefikVersion | undefined {
  const { traefik, mode } = routing;
  if (!traefik || mode === 'labels') return undefined;
  const onVersion = (version: string | undefined): void => {
    if (mode === 'auto') followMode(readsDocument(version), table, log);
    table.failsOver = failsOverOnErrors(version);
  };
  if ('apiUrl' in traefik) return new TraefikVersion({ apiUrl: traefik.apiUrl, clock, log, signal, onVersion });
  onVersion(traefik.version);
  return undefined;
}

/** A Traefik that says nothing is taken for the one that it was: a document of another kind would drop live routes. */
function followMode(byDocument: boolean | undefined, table: RouteTable, log: Logger): void {
  if (byDocument === undefined || byDocument === table.withSessions) return;
  table.withSessions = byDocument;
  if (byDocument) log.info('this Traefik has its routes from the document');
  else log.info("this Traefik has its routes from the services' labels; the document holds the fallback only");
}

function makeLoop(name: string, concurrency: number, { clock, log }: PartsOptions, metrics: RuntimeMetrics) {
  const queue = new WorkQueue({ clock, observer: metrics.forQueue(name) });
  const observer = metrics.forController(name);
  return { queue, run: (reconcile: Reconcile) => runController({ name, queue, reconcile, concurrency, clock, log, observer }) };
}

const readiness = (checks: Record<string, Check>): { ok: boolean; checks: Record<string, Check> } => ({
  ok: Object.values(checks).every(({ ok }) => ok),
  checks,
});
