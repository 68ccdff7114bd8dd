import { type ObjectCache, SESSION_PHASES } from '@mooring/resources';
import { Gauge, Histogram, type Registry } from 'prom-client';
import type { RouteTable } from '../routes/table.js';

/** Registers what operators watch; the gauges are counted when somebody asks, so that nothing is done at rest. Answers what to call when a Session became ready. */
export function registerSessionMetrics(registry: Registry, sessions: ObjectCache<'Session'>, table: RouteTable): (seconds: number) => void {
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
    help: 'Routes of sessions in the document for Traefik.',
    registers,
    collect() {
      this.set(table.size);
    },
  });
  const seconds = new Histogram({
    name: 'mooring_session_start_seconds',
    help: 'Time from when a session was first seen wanting until it was ready.',
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
    registers,
  });
  return (value) => seconds.observe(value);
}
