import { isFinished, type ObjectCache, type Store } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.js';
import { runController } from '../runtime/controller.js';
import type { RuntimeMetrics } from '../runtime/metrics.js';
import { WorkQueue } from '../runtime/work-queue.js';
import { addAll } from '../triggers.js';
import { Environments, type RolloutRancher } from './environments.js';
import type { Notice } from './notices.js';
import { RolloutReconciler } from './reconciler.js';
import { isLater } from './siblings.js';

/** Where Rollouts are done, and who hears of them. */
export interface RolloutPlace {
  rollouts: ObjectCache<'Rollout'>;
  /** With a key of one environment or of many: what it sees is what is looked at. */
  rancher: RolloutRancher;
  /** Told of each service that came to an end, and of each Rollout; returns at once. */
  tell?: (notice: Notice) => void;
}

export interface RolloutsOptions {
  store: Store;
  metrics: RuntimeMetrics;
  clock: Clock;
  log: Logger;
}

export interface Rollouts {
  stop(): Promise<void>;
}

/** Changes come in bursts: one pass is for all of those that came meanwhile. */
const SETTLE_MS = 50;

/** Brings every recorded Rollout to its end, from where it was left. */
export function startRollouts({ rollouts, rancher, tell = () => undefined }: RolloutPlace, options: RolloutsOptions): Rollouts {
  const { store, metrics, clock } = options;
  const log = options.log.child({ component: 'rollouts' });
  const queue = new WorkQueue({ clock, observer: metrics.forQueue('rollout') });
  const wakeAllBut = (name?: string): void => {
    const others = rollouts.list().filter((rollout) => !isFinished(rollout) && rollout.metadata.name !== name);
    for (const { metadata } of others) queue.addAfter(metadata.name, SETTLE_MS);
  };
  const environments = new Environments({ client: rancher, clock, log, onChange: () => wakeAllBut() });
  const unsubscribe = rollouts.subscribe(({ type, object }) => {
    // Older ones first: what they have not begun is the newer one's, and they say so.
    if (type === 'ADDED')
      for (const { metadata } of rollouts.list().filter((other) => !isFinished(other) && isLater(object, other))) queue.add(metadata.name);
    // What waited for a service that it was at may go on.
    else wakeAllBut(object.metadata.name);
    queue.add(object.metadata.name);
  });
  const { reconcile } = new RolloutReconciler({ store, rollouts, environments, tell, clock });
  const running = runController({
    name: 'rollout',
    queue,
    reconcile,
    concurrency: 1,
    clock,
    log,
    observer: metrics.forController('rollout'),
  });
  addAll(queue, rollouts);
  return {
    stop: async () => {
      unsubscribe();
      queue.shutDown();
      await running;
      await environments.close();
    },
  };
}
