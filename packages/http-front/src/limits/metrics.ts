import { Counter, type Registry } from 'prom-client';

const LIMITS = ['address', 'person', 'sign_in', 'sessions', 'sessions_per_person'] as const;
export type Limit = (typeof LIMITS)[number];

/** Counts a request that was refused because of a limit. */
export type CountRefusal = (limit: Limit) => void;

const NAME = 'mooring_front_refused_total';

/** The same counter for every door. */
export function refusalMetrics(registry: Registry): CountRefusal {
  const known = registry.getSingleMetric(NAME) as Counter<'limit'> | undefined;
  if (known !== undefined) return (limit) => known.inc({ limit });
  const total = new Counter({
    name: NAME,
    help: 'Requests that were refused because of a limit, by the limit.',
    labelNames: ['limit'],
    registers: [registry],
  });
  for (const limit of LIMITS) total.inc({ limit }, 0);
  return (limit) => total.inc({ limit });
}
