import { describe, expect, it } from '@jest/globals';
import { TokenCache, type TokenCacheOptions } from '../../src/identity/cache.js';
import { IdentityUnavailableError } from '../../src/identity/identity.js';
import { Lru } from '../../src/identity/lru.js';

const options: TokenCacheOptions = {
  cacheMs: 100,
  negativeCacheMs: 100,
  staleMs: 1_000,
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
