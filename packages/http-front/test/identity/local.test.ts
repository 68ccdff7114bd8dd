import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLocalProvider } from '../../src/index.js';

const KEY = Buffer.alloc(32, 1);
const DAY = 24 * 3600 * 1000;

describe('local sign-ins', () => {
  it('hold over a restart, for 30 days', async () => {
    let now = 1_700_000_000_000;
    const token = createLocalProvider({ key: KEY, now: () => now }).issue('ada@example.org');
    expect(token).toMatch(/^[A-Za-z0-9._-]+$/);
    const restarted = createLocalProvider({ key: KEY, now: () => now });
    now += 30 * DAY - 1_000;
    expect(await restarted.identify(token)).toEqual({ user: 'ada@example.org', roles: [] });
    now += 2_000;
    expect(await restarted.identify(token)).toBeUndefined();
  });

  it('are worth nothing under another key', async () => {
    const token = createLocalProvider({ key: KEY }).issue('ada');
    expect(await createLocalProvider({ key: Buffer.alloc(32, 2) }).identify(token)).toBeUndefined();
  });

  it('can’t be changed', async () => {
    const provider = createLocalProvider({ key: KEY });
    const token = provider.issue('ada');
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom('A', 'z', '.', '0'), async (at, character) => {
        fc.pre(token[at] !== character);
        // The last character of unpadded base64url holds spare bits, but the text is what is compared.
        expect(await provider.identify(token.slice(0, at) + character + token.slice(at + 1))).toBeUndefined();
      }),
    );
    const [version, , signature] = token.split('.');
    const forged = Buffer.from(JSON.stringify({ user: 'root', exp: 9_999_999_999 })).toString('base64url');
    expect(await provider.identify(`${version}.${forged}.${signature}`)).toBeUndefined();
  });

  it.each(['', 'a', 'v1', 'v1.', 'v1..', 'v1.a.b', 'v2.a.b', 'v1.a.b.c', '\u0000'])('know %j for no token', async (token) => {
    expect(await createLocalProvider({ key: KEY }).identify(token)).toBeUndefined();
  });

  it.each(['', ' ada', '-ada', 'a'.repeat(65), 'a b', 'a/b', 'ünal', 'a\n'])('take no user called %j', (user) => {
    expect(() => createLocalProvider({ key: KEY }).issue(user)).toThrow(RangeError);
  });

  it('need a whole key', () => {
    expect(() => createLocalProvider({ key: Buffer.alloc(16) })).toThrow('32 bytes');
  });
});
