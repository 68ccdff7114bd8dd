import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { type Auth2Provider, createAuth2Provider, IdentityUnavailableError } from '../../src/index.js';

const URL = 'https://auth.example/services/auth/api/V2/me';

const server = setupServer();
let seen: string[] = [];
let now = 0;
let provider: Auth2Provider;

/** Lets auth2 answer so from now on, and notes the tokens that it is asked for. */
function answer(make: () => Response | Promise<Response>): void {
  server.use(
    http.get(URL, ({ request }) => {
      seen.push(request.headers.get('authorization') ?? '');
      return make();
    }),
  );
}

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterAll(() => server.close());
beforeEach(() => {
  seen = [];
  now = 1_000_000;
  provider = createAuth2Provider({ url: URL, now: () => now, deadlineMs: 2_000 });
});
afterEach(async () => {
  server.resetHandlers();
  await provider.close();
});

describe('what auth2 answers', () => {
  it('names the user and the roles', async () => {
    answer(() => HttpResponse.json({ user: 'ada', customroles: ['KBASE_ADMIN'], display: 'Ada', email: 'a@b' }));
    expect(await provider.identify('abc')).toEqual({ user: 'ada', roles: ['KBASE_ADMIN'] });
    expect(seen).toEqual(['abc']);
  });

  it.each([[{ user: 'ada' }], [{ user: 'ada', customroles: null }]])('may leave out the roles: %j', async (body) => {
    answer(() => HttpResponse.json(body));
    expect(await provider.identify('abc')).toEqual({ user: 'ada', roles: [] });
  });

  it.each([400, 401, 403])('rejects by %i', async (status) => {
    answer(() => HttpResponse.json({ error: { message: '10020 Invalid token' } }, { status }));
    expect(await provider.identify('abc')).toBeUndefined();
  });

  it.each<[string, () => Response]>([
    ['500', () => HttpResponse.json({}, { status: 500 })],
    ['404', () => HttpResponse.json({}, { status: 404 })],
    ['429', () => HttpResponse.json({}, { status: 429 })],
    ['a redirect', () => new HttpResponse(null, { status: 302, headers: { location: 'https://evil.example/' } })],
    ['a page with 200', () => HttpResponse.html('<h1>Maintenance</h1>')],
    ['a page with 403', () => HttpResponse.html('<h1>Blocked</h1>', { status: 403 })],
    ['no JSON', () => HttpResponse.text('hello')],
    ['no user', () => HttpResponse.json({ customroles: [] })],
    ['an empty user', () => HttpResponse.json({ user: '' })],
    ['an answer without an end', () => HttpResponse.json({ user: 'ada', filler: 'x'.repeat(100_000) })],
    ['no connection', () => HttpResponse.error()],
  ])('can’t be told from %s', async (_what, make) => {
    answer(make);
    await expect(provider.identify('abc')).rejects.toThrow(IdentityUnavailableError);
    expect(seen).toHaveLength(1);
  });

  it('must come in time', async () => {
    await provider.close();
    provider = createAuth2Provider({ url: URL, deadlineMs: 20 });
    answer(() => new Promise<Response>(() => {}));
    await expect(provider.identify('abc')).rejects.toThrow(IdentityUnavailableError);
  });

  it('is not asked for what can’t be a token', async () => {
    answer(() => HttpResponse.json({ user: 'ada' }));
    for (const token of ['', 'a b', 'a\r\nX: y', 'ü', 'x'.repeat(4_097)]) expect(await provider.identify(token)).toBeUndefined();
    expect(seen).toEqual([]);
  });

  it('never shows the token in an error', async () => {
    answer(() => HttpResponse.error());
    const error = await provider.identify('hush-hush').catch((reason: unknown) => reason);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hush');
  });
});

describe('the cache', () => {
  it('asks once for many who wait, and not again within its time', async () => {
    answer(() => HttpResponse.json({ user: 'ada' }));
    const all = await Promise.all(Array.from({ length: 50 }, () => provider.identify('abc')));
    expect(new Set(all.map((identity) => identity?.user))).toEqual(new Set(['ada']));
    now += 59_999;
    await provider.identify('abc');
    expect(seen).toHaveLength(1);
    now += 2;
    await provider.identify('abc');
    expect(seen).toHaveLength(2);
    expect(provider.cacheCounts).toEqual({ hits: 1, misses: 51, stale: 0 });
  });

  it('lets people through for a while when the provider is down, then no more', async () => {
    answer(() => HttpResponse.json({ user: 'ada' }));
    await provider.identify('abc');
    answer(() => HttpResponse.json({}, { status: 502 }));
    now += 14 * 60_000;
    expect(await provider.identify('abc')).toEqual({ user: 'ada', roles: [] });
    now += 2 * 60_000;
    await expect(provider.identify('abc')).rejects.toThrow(IdentityUnavailableError);
    await expect(provider.identify('new')).rejects.toThrow(IdentityUnavailableError);
  });

  it('forgets somebody whose token was revoked, and remembers the rejection briefly', async () => {
    answer(() => HttpResponse.json({ user: 'ada' }));
    await provider.identify('abc');
    answer(() => HttpResponse.json({}, { status: 401 }));
    now += 60_001;
    expect(await provider.identify('abc')).toBeUndefined();
    expect(await provider.identify('abc')).toBeUndefined();
    expect(seen).toHaveLength(2);
    answer(() => HttpResponse.json({}, { status: 500 }));
    now += 5_001;
    await expect(provider.identify('abc')).rejects.toThrow(IdentityUnavailableError);
  });
});
