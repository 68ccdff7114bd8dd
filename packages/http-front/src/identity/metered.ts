import { Counter, type Registry } from 'prom-client';
import { createTally } from '../http/tally.js';
import type { CacheCounts } from './identity.js';

const CACHE_RESULTS = ['hits', 'misses', 'stale'] as const;
const RESULTS = ['accepted', 'rejected', 'unavailable'] as const;

/** Counts what came of looking at one request's credential. */
export type CountIdentity = (result: (typeof RESULTS)[number]) => void;

interface Counted {
  /** The provider. */
  kind: string;
  cacheCounts?: CacheCounts;
}

function countCache({ kind, cacheCounts }: Counted, registry: Registry): void {
  if (cacheCounts === undefined) return;
  new Counter({
    name: 'mooring_identity_cache_total',
    help: 'Look-ups in the cache of identities, by result; stale: answered from beyond its time, since the provider could not be asked.',
    labelNames: ['provider', 'result'],
    registers: [registry],
    collect() {
      this.reset();
      for (const result of CACHE_RESULTS) this.inc({ provider: kind, result }, cacheCounts[result]);
    },
  });
}

/** The metrics of a provider of identities. */
export function identityMetrics(provider: Counted, registry: Registry): CountIdentity {
  const lookups = createTally({
    name: 'mooring_identity_lookups_total',
    help: 'Tokens that were looked at, by provider and result.',
    labelNames: ['provider', 'result'],
    registers: [registry],
  });
  countCache(provider, registry);
  const counts = new Map(RESULTS.map((result) => [result, lookups({ provider: provider.kind, result })]));
  return (result) => counts.get(result)?.();
}
