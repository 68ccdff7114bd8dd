import { Counter, type Registry } from 'prom-client';
import type { IdentityProvider } from './identity.js';

const CACHE_RESULTS = ['hits', 'misses', 'stale'] as const;

function countCache(provider: IdentityProvider, registry: Registry): void {
  const { kind, cacheCounts } = provider;
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

/** The same provider, with its answers counted. */
export function meteredProvider(provider: IdentityProvider, registry: Registry): IdentityProvider {
  const lookups = new Counter({
    name: 'mooring_identity_lookups_total',
    help: 'Tokens that were looked at, by provider and result.',
    labelNames: ['provider', 'result'],
    registers: [registry],
  });
  const count = (result: string, value = 1) => lookups.inc({ provider: provider.kind, result }, value);
  for (const result of ['accepted', 'rejected', 'unavailable']) count(result, 0);
  countCache(provider, registry);
  return {
    kind: provider.kind,
    async identify(token) {
      try {
        const identity = await provider.identify(token);
        count(identity === undefined ? 'rejected' : 'accepted');
        return identity;
      } catch (error) {
        count('unavailable');
        throw error;
      }
    },
  };
}
