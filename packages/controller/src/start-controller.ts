import type { Logger } from 'pino';
import { addAll, type Check, type Convergence, converge } from './converge.js';
import { makeParts, type Parts, type PartsOptions, type Place } from './parts.js';
import { type Clock, systemClock } from './runtime/clock.js';
import { type Reconcile, runController } from './runtime/controller.js';
import { RuntimeMetrics } from './runtime/metrics.js';
import { WorkQueue } from './runtime/work-queue.js';
import { loadRoutes } from './sessions/load-routes.js';

export interface ControllerOptions extends Omit<PartsOptions, 'clock' | 'log'> {
  logger: Logger;
  clock?: Clock;
}

export interface Controller {
  /** The document for Traefik's HTTP provider; undefined until it may be served. */
  routeDocument(): string | undefined;
  /** ok once Rancher was seen whole and every Session that was there at the start was looked at. */
  ready(): { ok: boolean; checks: Record<string, Check> };
  /** Begins to converge the Sessions, now that it is known where. Called once. */
  converge(place: Place): void;
  stop(): Promise<void>;
}

const WORKERS = 16;
/** Traefik takes a fetched document over after its throttle (50 ms where it is set as we set it). */
const AFTER_FETCH_MS = 55;
const NOT_FOUND_YET: Check = { ok: false, message: 'the place for sessions has not been found at Rancher yet' };

/**
 * Starts what keeps Traefik's routes and the templates, which need no Rancher: a Rancher that is down at our start takes nobody's
 * notebook away. Resolves when there is a route document; the Sessions wait for `converge`.
 */
export async function startController(given: ControllerOptions): Promise<Controller> {
  const clock = given.clock ?? systemClock;
  const options = { ...given, clock, log: given.logger.child({ component: 'controller' }) };
  const parts = makeParts(options);
  await Promise.all([options.sessions.ready(), options.templates.ready()]);
  await loadRoutes(options.sessions, options.store, parts.table);
  parts.table.markLoaded();
  return run(options, parts);
}

function run(options: PartsOptions, parts: Parts): Controller {
  const { table, prober, templateReconciler } = parts;
  const metrics = new RuntimeMetrics(options.registry);
  const sessionLoop = makeLoop('session', WORKERS, options, metrics);
  const templateLoop = makeLoop('sessiontemplate', 2, options, metrics);
  const unsubscribe = wireTriggers(options, parts, sessionLoop.queue, templateLoop.queue);
  const runningTemplates = templateLoop.run(templateReconciler.reconcile);
  addAll(templateLoop.queue, options.templates);
  let convergence: Convergence | undefined;
  return {
    routeDocument: () => table.serve(),
    ready: () => readiness(convergence?.checks() ?? { rancher: NOT_FOUND_YET }),
    converge: (place) => {
      convergence = converge(place, options, { loop: sessionLoop, parts });
    },
    stop: async () => {
      unsubscribe();
      for (const { queue } of [sessionLoop, templateLoop]) queue.shutDown();
      await Promise.all([convergence?.stop(), runningTemplates]);
      await Promise.all([prober.close(), templateReconciler.close()]);
    },
  };
}

function makeLoop(name: string, concurrency: number, { clock, log }: PartsOptions, metrics: RuntimeMetrics) {
  const queue = new WorkQueue({ clock, observer: metrics.forQueue(name) });
  const observer = metrics.forController(name);
  return { queue, run: (reconcile: Reconcile) => runController({ name, queue, reconcile, concurrency, clock, log, observer }) };
}

/** Whatever may have changed what is to be done for a key adds the key. Answers how to end that. */
function wireTriggers(
  { sessions, templates }: PartsOptions,
  { table }: Parts,
  sessionQueue: WorkQueue,
  templateQueue: WorkQueue,
): () => void {
  const ends = [
    sessions.subscribe(({ type, object }) => {
      if (type === 'DELETED') table.delete(object.metadata.uid);
      sessionQueue.add(object.metadata.name);
    }),
    templates.subscribe(({ object }) => templateQueue.add(object.metadata.name)),
  ];
  table.onServed((uids) => {
    for (const uid of uids) {
      const session = sessions.byUid(uid);
      if (session) sessionQueue.addAfter(session.metadata.name, AFTER_FETCH_MS);
    }
  });
  return () => {
    for (const end of ends) end();
  };
}

const readiness = (checks: Record<string, Check>): { ok: boolean; checks: Record<string, Check> } => ({
  ok: Object.values(checks).every(({ ok }) => ok),
  checks,
});
