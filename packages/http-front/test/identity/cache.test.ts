import { describe, expect, it } from '@jest/globals';
import { TokenCache, type TokenCacheOptions } from '../../src/identity/cache.js';
import { IdentityUnavailableError } from '../../src/identity/identity.js';
import { Lru } from '../../src/lru.js';

const options: TokenCacheOptions = {
  cacheMs: 100,
  negativeCacheMs: 100,
  staleMs: 1_000,
  patienceMs: 60_000,
  troubleMs: 100,
  maxEntries: 2,
  maxInFlight: 2,
  now: () => 0,
};

describe('TokenCache', () => {
  it('is not emptied by a flood of made-up tokens', async () => {
    const asked: string[] = [];
    const cache = new TokenCache(async (token) => {
      asked.push(token);
      return token.startsWith('good') ? { user: token, roles: [] } : undefined;
    }, options);
    await cache.identify('good');
    for (let index = 0; index < 10; index += 1) await cache.identify(`bad-${index}`);
    await cache.identify('good');
    expect(asked.filter((token) => token === 'good')).toHaveLength(1);
  });

  it('says "unavailable" beyond so many questions at once, and recovers', async () => {
    const waiting: (() => void)[] = [];
    const cache = new TokenCache((token) => new Promise((resolve) => waiting.push(() => resolve({ user: token, roles: [] }))), options);
    const one = cache.identify('one');
    const two = cache.identify('two');
    const oneAgain = cache.identify('one');
    await expect(cache.identify('three')).rejects.toThrow(IdentityUnavailableError);
    for (const finish of waiting) finish();
    expect(await Promise.all([one, two, oneAgain])).toHaveLength(3);
    const three = cache.identify('three');
    waiting.at(-1)?.();
    expect(await three).toEqual({ user: 'three', roles: [] });
  });
});

describe('a provider that hangs', () => {
  /** A cache that knows `ada`, whose time is over but not past letting through, over a provider that does as it is told. */
  async function known(more: Partial<TokenCacheOptions> = {}) {
    const clock = { now: 0 };
    const provider: { ask: (token: string) => Promise<{ user: string; roles: [] } | undefined> } = {
      ask: async (user) => ({ user, roles: [] }),
    };
    const cache = new TokenCache((token) => provider.ask(token), { ...options, maxInFlight: 10, now: () => clock.now, ...more });
    await cache.identify('ada');
    clock.now = 500;
    return { cache, provider, clock };
  }
  const hang = () => new Promise<undefined>(() => {});

  it('keeps those who are known waiting for a moment only, and the next ones not at all', async () => {
    const { cache, provider } = await known({ patienceMs: 5 });
    provider.ask = hang;
    expect(await cache.identify('ada')).toEqual({ user: 'ada', roles: [] });
    expect(await cache.identify('ada')).toEqual({ user: 'ada', roles: [] });
    expect(cache.counts.stale).toBe(2);
  });

  it('keeps nobody waiting who is known, after a question that failed', async () => {
    const { cache, provider } = await known();
    provider.ask = async () => Promise.reject(new IdentityUnavailableError('down'));
    await expect(cache.identify('new')).rejects.toThrow(IdentityUnavailableError);
    provider.ask = hang;
    // With a patience of a minute, this would not end in time.
    expect(await cache.identify('ada')).toEqual({ user: 'ada', roles: [] });
  });

  it('is waited for again once it has answered, and then its word counts', async () => {
    const { cache, provider, clock } = await known();
    provider.ask = async () => Promise.reject(new IdentityUnavailableError('down'));
    await cache.identify('ada');
    provider.ask = async () => undefined;
    clock.now += 101;
    expect(await cache.identify('ada')).toBeUndefined();
    expect(await cache.identify('ada')).toBeUndefined();
  });

  it('is no answer for those who were known too long ago', async () => {
    const { cache, provider, clock } = await known();
    clock.now = 1_001;
    provider.ask = async () => Promise.reject(new IdentityUnavailableError('down'));
    await expect(cache.identify('ada')).rejects.toThrow(IdentityUnavailableError);
  });
});

describe('Lru', () => {
  it('forgets what was used least recently', () => {
    const lru = new Lru<number>(2);
    lru.set('a', 1, 0);
    lru.set('b', 2, 0);
    lru.get('a');
    lru.set('c', 3, 0);
    expect([lru.get('a')?.value, lru.get('b')?.value, lru.get('c')?.value]).toEqual([1, undefined, 3]);
  });
});
