import { createHash } from 'node:crypto';
import { type CacheCounts, type Identity, IdentityUnavailableError } from './identity.js';
import { Lru } from './lru.js';

export interface TokenCacheOptions {
  /** Milliseconds for which a good token isn't asked for again. */
  cacheMs: number;
  /** Milliseconds for which a rejected token isn't asked for again. */
  negativeCacheMs: number;
  /** Milliseconds for which a token that was good is still let through while the provider can't be asked. */
  staleMs: number;
  /** Good tokens kept, and as many rejected ones. */
  maxEntries: number;
  /** Questions under way at once; more are answered "unavailable". */
  maxInFlight: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

type Lookup = (token: string) => Promise<Identity | undefined>;

/**
 * Remembers what a provider said of a token, by the token's hash; asks once for many who wait for the same token. Good and rejected
 * tokens are kept apart, so that a flood of made-up tokens doesn't push out those of people at work.
 */
export class TokenCache {
  readonly counts: CacheCounts = { hits: 0, misses: 0, stale: 0 };
  readonly #good: Lru<Identity>;
  readonly #rejected: Lru<true>;
  readonly #inFlight = new Map<string, Promise<Identity | undefined>>();

  constructor(
    private readonly lookup: Lookup,
    private readonly options: TokenCacheOptions,
  ) {
    this.#good = new Lru(options.maxEntries);
    this.#rejected = new Lru(options.maxEntries);
  }

  async identify(token: string): Promise<Identity | undefined> {
    const key = createHash('sha256').update(token).digest('base64url');
    const good = this.#good.get(key);
    if (good !== undefined && this.#age(good.storedAt) < this.options.cacheMs) return this.#hit(good.value);
    const rejected = this.#rejected.get(key);
    if (rejected !== undefined && this.#age(rejected.storedAt) < this.options.negativeCacheMs) return this.#hit(undefined);
    this.counts.misses += 1;
    try {
      return await this.#askOnce(key, token);
    } catch (error) {
      if (good === undefined || this.#age(good.storedAt) >= this.options.staleMs) throw error;
      this.counts.stale += 1;
      return good.value;
    }
  }

  #hit(answer: Identity | undefined): Identity | undefined {
    this.counts.hits += 1;
    return answer;
  }

  #age(storedAt: number): number {
    return this.options.now() - storedAt;
  }

  #askOnce(key: string, token: string): Promise<Identity | undefined> {
    const underWay = this.#inFlight.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#inFlight.size >= this.options.maxInFlight) {
      return Promise.reject(new IdentityUnavailableError('Too many questions to the identity provider are under way'));
    }
    const asked = this.#ask(key, token).finally(() => this.#inFlight.delete(key));
    this.#inFlight.set(key, asked);
    return asked;
  }

  async #ask(key: string, token: string): Promise<Identity | undefined> {
    const identity = await this.lookup(token);
    if (identity === undefined) {
      this.#good.delete(key);
      this.#rejected.set(key, true, this.options.now());
    } else {
      this.#rejected.delete(key);
      this.#good.set(key, identity, this.options.now());
    }
    return identity;
  }
}
