import { Counter, type Registry } from 'prom-client';

const RESULTS = ['hit', 'miss'] as const;

/** Counts a new session: `hit` where a warm one was claimed, `miss` where one was created. */
export type CountClaim = (result: (typeof RESULTS)[number]) => void;

export function claimMetrics(registry: Registry): CountClaim {
  const total = new Counter({
    name: 'mooring_pool_claims_total',
    help: 'New sessions, by whether a warm one was there to be claimed.',
    labelNames: ['result'],
    registers: [registry],
  });
  for (const result of RESULTS) total.inc({ result }, 0);
  return (result) => total.inc({ result });
}
