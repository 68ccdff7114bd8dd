import { Counter, type Registry } from 'prom-client';

const LIMITS = ['address', 'person', 'sign_in', 'sessions', 'sessions_per_person'] as const;
export type Limit = (typeof LIMITS)[number];

/** Counts a request that was refused because of a limit. */
export type CountRefusal = (limit: Limit) => void;

export function refusalMetrics(registry: Registry): CountRefusal {
  const total = new Counter({
    name: 'mooring_front_refused_total',
    help: 'Requests that were refused because of a limit, by the limit.',
    labelNames: ['limit'],
    registers: [registry],
  });
  for (const limit of LIMITS) total.inc({ limit }, 0);
  return (limit) => total.inc({ limit });
}
