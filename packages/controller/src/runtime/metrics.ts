import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { type ControllerObserver, RECONCILE_RESULTS } from './controller.js';
import type { WorkQueueObserver } from './work-queue.js';

/** 5 ms to 60 s: controller-runtime's buckets, thinned out. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The metrics of controller-runtime and client-go's workqueue, under their names, so that existing dashboards fit. */
export class RuntimeMetrics {
  readonly #reconciles;
  readonly #seconds;
  readonly #active;
  readonly #depth;
  readonly #adds;
  readonly #waited;
  readonly #worked;
  readonly #retries;

  constructor(registry: Registry) {
    const registers = [registry];
    const controller = (name: string, help: string) => ({
      name: `controller_runtime_${name}`,
      help,
      labelNames: ['controller'] as const,
      registers,
    });
    const queue = (name: string, help: string) => ({ name: `workqueue_${name}`, help, labelNames: ['name'] as const, registers });
    this.#reconciles = new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Reconciliations, by controller and result.',
      labelNames: ['controller', 'result'] as const,
      registers,
    });
    this.#seconds = new Histogram({ ...controller('reconcile_time_seconds', 'Time a reconciliation took.'), buckets: SECONDS });
    this.#active = new Gauge(controller('active_workers', 'Reconciliations that run now.'));
    this.#depth = new Gauge(queue('depth', 'Keys that wait in the queue.'));
    this.#adds = new Counter(queue('adds_total', 'Keys that were added to the queue.'));
    this.#waited = new Histogram({ ...queue('queue_duration_seconds', 'Time a key waited in the queue.'), buckets: SECONDS });
    this.#worked = new Histogram({ ...queue('work_duration_seconds', 'Time a key was worked on.'), buckets: SECONDS });
    this.#retries = new Counter(queue('retries_total', 'Keys that were added again after an error.'));
  }

  forController(controller: string): ControllerObserver {
    for (const result of RECONCILE_RESULTS) this.#reconciles.inc({ controller, result }, 0);
    this.#active.set({ controller }, 0);
    return {
      started: () => this.#active.inc({ controller }),
      finished: (result, seconds) => {
        this.#active.dec({ controller });
        this.#reconciles.inc({ controller, result });
        this.#seconds.observe({ controller }, seconds);
      },
    };
  }

  forQueue(name: string): WorkQueueObserver {
    this.#depth.set({ name }, 0);
    this.#adds.inc({ name }, 0);
    this.#retries.inc({ name }, 0);
    return {
      added: (depth) => {
        this.#adds.inc({ name });
        this.#depth.set({ name }, depth);
      },
      taken: (depth, waitedMs) => {
        this.#depth.set({ name }, depth);
        this.#waited.observe({ name }, waitedMs / 1000);
      },
      done: (workedMs) => this.#worked.observe({ name }, workedMs / 1000),
      retried: () => this.#retries.inc({ name }),
    };
  }
}
