import { CronJob } from 'cron';
import type { Logger } from 'pino';
import { makeParts, type Parts, type PartsOptions } from './parts.js';
import { type Clock, systemClock } from './runtime/clock.js';
import { type Reconcile, runController } from './runtime/controller.js';
import { FirstPass } from './runtime/first-pass.js';
import { RuntimeMetrics } from './runtime/metrics.js';
import { WorkQueue } from './runtime/work-queue.js';
import { sessionUidOf } from './sessions/index-by-session.js';
import { loadRoutes } from './sessions/load-routes.js';

export interface ControllerOptions extends Omit<PartsOptions, 'clock' | 'log'> {
  logger: Logger;
  clock?: Clock;
}

export interface Check {
  ok: boolean;
  message?: string;
}

export interface Controller {
  /** The document for Traefik's HTTP provider; undefined until it may be served. */
  routeDocument(): string | undefined;
  /** ok once Rancher was seen whole and every Session that was there at the start was looked at. */
  ready(): { ok: boolean; checks: Record<string, Check> };
  stop(): Promise<void>;
}

const WORKERS = 16;
/** Every five minutes all is listed and looked at again, whether or not an event said so. */
const RESYNC = '0 */5 * * * *';
/** Changes that the store keeps for watchers that are behind. */
const KEPT_CHANGES = 10_000;
/** Traefik takes a fetched document over after its throttle (50 ms where it is set as we set it). */
const AFTER_FETCH_MS = 55;

/** Starts what converges Rancher and Traefik toward the store. Resolves when there is a route document; `ready` tells of the first pass. */
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
  const { sessions, templates } = options;
  const { informer, table } = parts;
  const metrics = new RuntimeMetrics(options.registry);
  const firstPass = new FirstPass(sessions.list().map(({ metadata }) => metadata.name));
  const sessionLoop = makeLoop('session', WORKERS, options, metrics);
  const templateLoop = makeLoop('sessiontemplate', 2, options, metrics);
  const unsubscribe = wireTriggers(options, parts, sessionLoop.queue, templateLoop.queue);
  const resync = startResync(options, parts, sessionLoop.queue);
  informer.start();
  const running = [
    templateLoop.run(parts.templateReconciler.reconcile),
    // Nothing is decided before Rancher was seen whole once: what isn't seen yet would look like what isn't there.
    informer.waitForSync().then(() => sessionLoop.run(firstPass.watching(parts.sessionReconciler.reconcile))),
  ];
  addAll(templateLoop.queue, templates);
  addAll(sessionLoop.queue, sessions);
  return {
    routeDocument: () => table.serve(),
    ready: () => readiness(informer.synced, firstPass.left),
    stop: async () => {
      unsubscribe();
      await resync.stop();
      for (const { queue } of [sessionLoop, templateLoop]) queue.shutDown();
      await informer.stop();
      await Promise.all(running);
      await Promise.all([parts.prober.close(), parts.templateReconciler.close()]);
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
  { informer, table }: Parts,
  sessionQueue: WorkQueue,
  templateQueue: WorkQueue,
): () => void {
  const ends = [
    sessions.subscribe(({ object }) => sessionQueue.add(object.metadata.name)),
    templates.subscribe(({ object }) => templateQueue.add(object.metadata.name)),
  ];
  informer.onChange((object) => {
    const session = sessions.byUid(sessionUidOf(object) ?? '');
    if (session) sessionQueue.add(session.metadata.name);
  });
  table.onServed((names) => {
    for (const name of names) sessionQueue.addAfter(name, AFTER_FETCH_MS);
  });
  return () => {
    for (const end of ends) end();
  };
}

function startResync({ store, sessions }: PartsOptions, { informer }: Parts, queue: WorkQueue): CronJob {
  return CronJob.from({
    cronTime: RESYNC,
    start: true,
    onTick: async () => {
      await Promise.allSettled([informer.relist(), store.compact(KEPT_CHANGES)]);
      addAll(queue, sessions);
    },
  }) as CronJob;
}

function addAll(queue: WorkQueue, cache: { list(): { metadata: { name: string } }[] }): void {
  for (const { metadata } of cache.list()) queue.add(metadata.name);
}

function readiness(synced: boolean, left: number): { ok: boolean; checks: Record<string, Check> } {
  const checks: Record<string, Check> = {
    rancher: synced ? { ok: true } : { ok: false, message: 'Rancher has not been listed yet' },
    sessions: left === 0 ? { ok: true } : { ok: false, message: `${left} sessions have not been looked at yet` },
  };
  return { ok: Object.values(checks).every(({ ok }) => ok), checks };
}
