import * as crypto from 'node:crypto';
import { Lru } from '../lru.js';
import { type BeforeAsking, type CacheCounts, type Identity, IdentityUnavailableError } from './identity.js';

export interface TokenCacheOptions {
  /** Milliseconds for which a good token isn't asked for again. */
  cacheMs: number;
  /** Milliseconds for which a rejected token isn't asked for again. */
  negativeCacheMs: number;
  /** Milliseconds for which a token that was good is still let through while the provider can't be asked. */
  staleMs: number;
  /** Milliseconds that somebody waits for an answer who could be let through without one. */
  patienceMs: number;
  /** Milliseconds after a question that failed in which nobody waits who could be let through without an answer. */
  troubleMs: number;
  /** Good tokens kept, and as many rejected ones. */
  maxEntries: number;
  /** Questions under way at once; more are answered "unavailable". */
  maxInFlight: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

type Answer = Identity | undefined;
type Lookup = (token: string) => Promise<Answer>;

/** In one call where Node has it (20.12): that costs a third. */
const digest: (token: string) => string =
  'hash' in crypto
    ? (token) => crypto.hash('sha256', token, 'base64url')
    : (token) => crypto.createHash('sha256').update(token).digest('base64url');

/** What a promise comes to, if it does so in time; undefined if it doesn't, or fails. */
async function inTime<T>(promise: Promise<T>, ms: number): Promise<{ value: T } | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  const settled = promise.then(
    (value) => ({ value }),
    () => undefined,
  );
  return Promise.race([settled, late]).finally(() => clearTimeout(timer));
}

/**
 * Remembers what a provider said of a token, by the token's hash; asks once for many who wait for the same token. Good and rejected
 * tokens are kept apart, so that a flood of made-up tokens doesn't push out those of people at work.
 */
export class TokenCache {
  readonly counts: CacheCounts = { hits: 0, misses: 0, stale: 0 };
  readonly #good: Lru<Identity>;
  readonly #rejected: Lru<true>;
  readonly #inFlight = new Map<string, Promise<Answer>>();
  /** When a question last failed or took too long, and none was answered since. */
  #troubleAt: number | undefined;

  constructor(
    private readonly lookup: Lookup,
    private readonly options: TokenCacheOptions,
  ) {
    this.#good = new Lru(options.maxEntries);
    this.#rejected = new Lru(options.maxEntries);
  }

  /** Whose a good token is that needn't be asked for; undefined of all others. */
  known(token: string): Answer {
    const good = this.#good.get(digest(token));
    return good !== undefined && this.#isFresh(good) ? this.#hit(good.value) : undefined;
  }

  /** `beforeAsking`: called before a question that nobody else asks already, about a token that nothing is known of; what it throws, keeps it from being asked. */
  async identify(token: string, beforeAsking?: BeforeAsking): Promise<Answer> {
    const key = digest(token);
    const good = this.#good.get(key);
    if (good !== undefined && this.#isFresh(good)) return this.#hit(good.value);
    const rejected = this.#rejected.get(key);
    if (rejected !== undefined && this.#age(rejected.storedAt) < this.options.negativeCacheMs) return this.#hit(undefined);
    this.counts.misses += 1;
    if (beforeAsking && good === undefined && !this.#inFlight.has(key)) beforeAsking();
    const asked = this.#askOnce(key, token);
    return good === undefined || this.#age(good.storedAt) >= this.options.staleMs ? asked : this.#orStale(asked, good.value);
  }

  /** A provider that hangs must not hold up, for as long as a question may take, those whom it has told before. */
  async #orStale(asked: Promise<Answer>, stale: Identity): Promise<Answer> {
    const { patienceMs, troubleMs } = this.options;
    const isTroubled = this.#troubleAt !== undefined && this.#age(this.#troubleAt) < troubleMs;
    const answer = await inTime(asked, isTroubled ? 0 : patienceMs);
    if (answer !== undefined) return answer.value;
    this.#troubleAt = this.options.now();
    this.counts.stale += 1;
    return stale;
  }

  #hit(answer: Answer): Answer {
    this.counts.hits += 1;
    return answer;
  }

  #isFresh({ storedAt }: { storedAt: number }): boolean {
    return this.#age(storedAt) < this.options.cacheMs;
  }

  #age(storedAt: number): number {
    return this.options.now() - storedAt;
  }

  #askOnce(key: string, token: string): Promise<Answer> {
    const underWay = this.#inFlight.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#inFlight.size >= this.options.maxInFlight) {
      return Promise.reject(new IdentityUnavailableError('Too many questions to the identity provider are under way'));
    }
    const asked = this.#ask(key, token).finally(() => this.#inFlight.delete(key));
    this.#inFlight.set(key, asked);
    return asked;
  }

  async #ask(key: string, token: string): Promise<Answer> {
    const identity = await this.lookup(token).catch((error: unknown) => {
      this.#troubleAt = this.options.now();
      throw error;
    });
    this.#troubleAt = undefined;
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
