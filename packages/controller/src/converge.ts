import { CronJob } from 'cron';
import { makePlaceParts, type Parts, type PartsOptions, type Place, type PlaceParts } from './parts.js';
import type { Reconcile } from './runtime/controller.js';
import { FirstPass } from './runtime/first-pass.js';
import type { WorkQueue } from './runtime/work-queue.js';

export interface Check {
  ok: boolean;
  message?: string;
}

/** How each part of what makes it ready is. */
type Checks = Record<'rancher' | 'sessions', Check>;

/** The Sessions' queue, and what works it off. */
export interface SessionLoop {
  queue: WorkQueue;
  run(reconcile: Reconcile): Promise<void>;
}

/** Sessions that are being converged at one place. */
export interface Convergence {
  checks(): Checks;
  /** Ends when the reconciles that run have ended; the queue was shut down before. */
  stop(): Promise<void>;
}

/** Every five minutes all is listed and looked at again, whether or not an event said so. */
const RESYNC = '0 */5 * * * *';
/** Changes that the store keeps for watchers that are behind. */
const KEPT_CHANGES = 10_000;

/** Converges the Sessions at a place of Rancher's from now on. */
export function converge(place: Place, options: PartsOptions, { loop, parts }: { loop: SessionLoop; parts: Parts }): Convergence {
  const { sessions } = options;
  const { informer, view, sessionReconciler } = makePlaceParts(place, options, parts);
  const firstPass = new FirstPass(sessions.list().map(({ metadata }) => metadata.name));
  view.onChange((uid) => {
    const session = sessions.byUid(uid);
    if (session) loop.queue.add(session.metadata.name);
  });
  // Whoever waits for Rancher to be back, however long their backoff has become, goes on with its first whole answer.
  informer.onListed(() => addAll(loop.queue, sessions));
  const resync = startResync(options, informer);
  informer.start();
  // Nothing is decided before Rancher was seen whole once: what isn't seen yet would look like what isn't there.
  const running = informer.waitForSync().then(() => loop.run(firstPass.watching(sessionReconciler.reconcile)));
  return {
    checks: () => checksOf(informer.synced, firstPass.left),
    stop: async () => {
      await resync.stop();
      await informer.stop();
      await running;
    },
  };
}

function startResync({ store }: PartsOptions, informer: PlaceParts['informer']): CronJob {
  return CronJob.from({
    cronTime: RESYNC,
    start: true,
    onTick: async () => {
      await Promise.allSettled([informer.relist(), store.compact(KEPT_CHANGES)]);
    },
  }) as CronJob;
}

export function addAll(queue: WorkQueue, cache: { list(): { metadata: { name: string } }[] }): void {
  for (const { metadata } of cache.list()) queue.add(metadata.name);
}

const checksOf = (synced: boolean, left: number): Checks => ({
  rancher: synced ? { ok: true } : { ok: false, message: 'Rancher has not been listed yet' },
  sessions: left === 0 ? { ok: true } : { ok: false, message: `${left} sessions have not been looked at yet` },
});
