import type { ReaperReport } from '@mooring/resources';
import { CronJob } from 'cron';
import { Reaper } from './activity/reap.js';
import { makePlaceParts, type Parts, type PartsOptions, type Place, type PlaceParts } from './parts.js';
import type { Reconcile } from './runtime/controller.js';
import { FirstPass } from './runtime/first-pass.js';
import type { WorkQueue } from './runtime/work-queue.js';
import { followingPolicy } from './sessions/follow-policy.js';
import { addAll } from './triggers.js';

export interface Check {
  ok: boolean;
  message?: string;
}

/** How each part of what makes it ready is. */
type Checks = Record<'rancher' | 'sessions', Check>;

/** The loop that works the Sessions' queue off; it runs already. */
export interface SessionLoop {
  queue: WorkQueue;
  /** From now on this is what it calls. */
  use(reconcile: Reconcile): void;
}

/** Sessions that are being converged at one place. */
export interface Convergence {
  checks(): Checks;
  /** Lists all of Rancher again and has every Session looked at; resolves with the list. */
  resync(): Promise<void>;
  /** Looks at all sessions' activity now and ends those that are due; one pass at a time. */
  reap(): Promise<ReaperReport>;
  stop(): Promise<void>;
}

/** Every five minutes all is listed and looked at again, whether or not an event said so. */
const RESYNC = '0 */5 * * * *';
const NOT_LISTED = 'Rancher has not been listed yet';
/** Changes that the store keeps for watchers that are behind. */
const KEPT_CHANGES = 10_000;

/** Converges the Sessions at a place of Rancher's from now on. */
export function converge(place: Place, options: PartsOptions, { loop, parts }: { loop: SessionLoop; parts: Parts }): Convergence {
  const { sessions, clock } = options;
  const wake = (name: string): void => loop.queue.add(name);
  const { informer, view, adopter, ticker, starts, sessionReconciler } = makePlaceParts(place, options, { parts, wake });
  const stopping = new AbortController();
  let adopted = false;
  const firstPass = new FirstPass(
    sessions.list().map(({ metadata }) => metadata.name),
    (name) => sessions.get(name) !== undefined,
  );
  view.onChange((uid) => {
    const session = sessions.byUid(uid);
    if (session) wake(session.metadata.name);
  });
  const unsubscribe = sessions.subscribe(({ type, object }) => {
    if (type !== 'DELETED') return;
    starts.forget(object.metadata.uid);
    // What could not be adopted since this session had its name.
    if (adopted && parts.strays.has('name-taken')) void adopter.run(stopping.signal);
  });
  const reconcile = firstPass.watching(followingPolicy(options, sessionReconciler.reconcile));
  informer.onListed(() => {
    if (stopping.signal.aborted) return;
    // Nothing is decided before Rancher was seen whole once: what isn't seen yet would look like what isn't there.
    loop.use(reconcile);
    // Whoever waits for Rancher to be back, however long their backoff has become, goes on with its first whole answer.
    addAll(loop.queue, sessions);
    void adopter.run(stopping.signal).then(async () => {
      if (stopping.signal.aborted) return;
      adopted = true;
      parts.table.markLoaded();
      await noteSearched(options);
    });
  });
  const resync = startResync(options, informer);
  const ticks = startTicks(options, { ticker, informer });
  const blindness = (): string | undefined => (informer.synced ? undefined : NOT_LISTED);
  const reaper = new Reaper({ ticker, book: parts.book, sessions, blindness, wake, clock });
  informer.start();
  return {
    checks: () => checksOf({ synced: informer.synced, adopted, left: firstPass.left }),
    resync: () => informer.relist(),
    reap: () => reaper.pass(),
    stop: async () => {
      stopping.abort();
      unsubscribe();
      await Promise.all([resync.stop(), ticks?.stop()]);
      await Promise.all([informer.stop(), adopter.idle(), ticker.idle()]);
    },
  };
}

/** A crash before leaves it undone: the next start looks again before Traefik is given a document. */
async function noteSearched({ store, log }: PartsOptions): Promise<void> {
  try {
    if (!(await store.wasSearched())) await store.markSearched();
  } catch (err) {
    log.warn({ err }, 'the store could not keep that Rancher was looked through; the next start does so again before it routes anybody');
  }
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

/** Before Rancher was seen whole there is nothing to look at. */
function startTicks({ activity, log }: PartsOptions, { ticker, informer }: Pick<PlaceParts, 'ticker' | 'informer'>): CronJob | undefined {
  if (!activity) return undefined;
  return CronJob.from({
    cronTime: activity.schedule,
    start: true,
    onTick: async () => {
      if (!informer.synced) return;
      await ticker
        .tick()
        .catch((error: unknown) => log.error({ err: error }, 'a look at the activity of sessions failed; the next one follows'));
    },
  }) as CronJob;
}

function checksOf({ synced, adopted, left }: { synced: boolean; adopted: boolean; left: number }): Checks {
  return {
    rancher: synced ? { ok: true } : { ok: false, message: NOT_LISTED },
    sessions: sessionsCheck(adopted, left),
  };
}

function sessionsCheck(adopted: boolean, left: number): Check {
  if (left > 0) return { ok: false, message: `${left} sessions have not been looked at yet` };
  return adopted ? { ok: true } : { ok: false, message: 'sessions whose record was lost are being looked for at Rancher' };
}
