import {
  type Condition,
  getCondition,
  isTrue,
  type ObjectCache,
  SESSION_CONDITIONS,
  SESSION_PHASES,
  type Session,
} from '@mooring/resources';
import { Gauge, Histogram, type Registry } from 'prom-client';
import type { RouteTable } from '../routes/table.js';

/** Registers what operators watch; the gauges are counted when somebody asks, so that nothing is done at rest. Answers what to call when a Session became ready. */
export function registerSessionMetrics(registry: Registry, sessions: ObjectCache<'Session'>, table: RouteTable): ReadyObserver {
  const registers = [registry];
  new Gauge({
    name: 'mooring_sessions',
    help: 'Sessions, by phase.',
    labelNames: ['phase'] as const,
    registers,
    collect() {
      const counts = new Map<string, number>(SESSION_PHASES.map((phase) => [phase, 0]));
      for (const { status } of sessions.list()) counts.set(status.phase, (counts.get(status.phase) ?? 0) + 1);
      for (const [phase, count] of counts) this.set({ phase }, count);
    },
  });
  new Gauge({
    name: 'mooring_routes',
    help: 'Sessions that Traefik should lead to.',
    registers,
    collect() {
      this.set(table.size);
    },
  });
  new Gauge({
    name: 'mooring_session_longest_wait_seconds',
    help: 'For how long the session that waits longest has been wanted and not ready; 0 where none waits.',
    registers,
    collect() {
      this.set(
        Math.max(
          0,
          ...sessions
            .list()
            .filter(waits)
            .map((session) => (Date.now() - notReadySince(session)) / 1000),
        ),
      );
    },
  });
  return startSeconds(registry);
}

const waits = ({ metadata, spec, status }: Session): boolean =>
  metadata.deletionTimestamp === undefined && spec.running && !isTrue(status.conditions, 'Ready');

const notReadySince = ({ metadata, status }: Session): number =>
  Date.parse(getCondition(status.conditions, 'Ready')?.lastTransitionTime ?? metadata.creationTimestamp);

/** How many warm sessions there should be, and how many can be claimed. */
export function registerPoolMetrics(registry: Registry, pools: ObjectCache<'WarmPool'>): void {
  const labelNames = ['pool'] as const;
  new Gauge({
    name: 'mooring_pool_replicas',
    help: 'Sessions that a pool is to keep ready.',
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const { metadata, spec } of pools.list()) this.set({ pool: metadata.name }, spec.replicas);
    },
  });
  new Gauge({
    name: 'mooring_pool_ready_replicas',
    help: 'Sessions of a pool that can be claimed now.',
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const { metadata, status } of pools.list()) this.set({ pool: metadata.name }, status.readyReplicas);
    },
  });
}

/** What is said of a Session that became ready: when it was first seen wanting (ms), and its conditions. */
export type ReadyObserver = (sinceMs: number, conditions: readonly Condition[]) => void;

/** The steps of a start; Ready itself is the whole of it. */
const STEPS = SESSION_CONDITIONS;
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

function startSeconds(registry: Registry): ReadyObserver {
  const seconds = new Histogram({
    name: 'mooring_session_start_seconds',
    help: 'Time from when a session was first seen wanting until a condition held, of sessions that became ready. Condition Ready is the whole start.',
    labelNames: ['condition'] as const,
    buckets: SECONDS,
    registers: [registry],
  });
  for (const condition of STEPS) seconds.zero({ condition });
  return (sinceMs, conditions) => {
    for (const { type, lastTransitionTime } of conditions) {
      // A condition that held before, as that of a service that only had to be activated, took no time.
      if ((STEPS as readonly string[]).includes(type))
        seconds.observe({ condition: type }, Math.max(0, Date.parse(lastTransitionTime) - sinceMs) / 1000);
    }
  };
}
