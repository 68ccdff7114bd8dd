import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import type { IdentityProvider } from '../../src/index.js';
import { createAuth2Provider } from '../../src/index.js';
import type { Rates } from '../../src/limits/rate.js';
import { as, JSON_HEADERS, localProvider, PAGE_HEADERS, type TestFront, testFront } from '../support/front.js';

let front: TestFront;
/** In ms since the epoch. */
let clock = 1_000_000_000_000;
afterEach(async () => {
  jest.restoreAllMocks();
  await front.app.close();
});

async function withRates(rates: Rates, identity?: IdentityProvider): Promise<void> {
  front = await testFront({ now: () => clock, settings: { rates, trustedProxies: ['127.0.0.1'] }, ...(identity && { identity }) });
}

const from = (ip: string, options: InjectOptions): InjectOptions => ({
  ...options,
  headers: { ...options.headers, 'x-forwarded-for': ip },
});

const page = (user: string, ip = '192.0.2.1') => front.app.inject(from(ip, as(user)));
const anonymous = (ip: string) => front.app.inject(from(ip, { url: '/narrative/', headers: PAGE_HEADERS }));

async function statuses(count: number, send: () => Promise<{ statusCode: number }>): Promise<number[]> {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1) seen.push((await send()).statusCode);
  return seen;
}

async function refused(): Promise<Record<string, number>> {
  const metric = await front.registry.getSingleMetric('mooring_front_refused_total')?.get();
  return Object.fromEntries((metric?.values ?? []).map(({ labels, value }) => [String(labels.limit), value]));
}

describe('the rate of an address', () => {
  it('is limited, with a page for who looks and a problem for programs, and begins anew after a minute', async () => {
    await withRates({ address: 2 });
    expect(await statuses(3, () => anonymous('192.0.2.1'))).toEqual([302, 302, 429]);
    const shown = await anonymous('192.0.2.1');
    expect(shown.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(Number(shown.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(shown.headers['retry-after'])).toBeLessThanOrEqual(60);
    const told = await front.app.inject(from('192.0.2.1', { url: '/narrative/', headers: JSON_HEADERS }));
    expect(told.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(told.json()).toMatchObject({ status: 429, code: 'too-many-requests', detail: expect.stringContaining('More than 2 requests') });
    expect(await refused()).toMatchObject({ address: 3, person: 0 });
    expect(shown.headers['retry-after']).toBe('60');
    clock += 59_999;
    expect((await anonymous('192.0.2.1')).statusCode).toBe(429);
    clock += 1;
    expect((await anonymous('192.0.2.1')).statusCode).toBe(302);
  });

  it('is each address’s own, told by a trusted proxy; one /64 of IPv6 is one', async () => {
    await withRates({ address: 1 });
    expect((await anonymous('192.0.2.1')).statusCode).toBe(302);
    expect((await anonymous('192.0.2.2')).statusCode).toBe(302);
    expect((await anonymous('::ffff:192.0.2.2')).statusCode).toBe(429);
    expect((await anonymous('2001:db8:1:2::1')).statusCode).toBe(302);
    expect((await anonymous('2001:db8:1:2:ffff::9')).statusCode).toBe(429);
    expect((await anonymous('2001:db8:1:3::1')).statusCode).toBe(302);
  });

  it('counts no request for what a page is made of, and none that is refused anyway', async () => {
    await withRates({ address: 1 });
    const background = () => front.app.inject(from('192.0.2.1', as('ada', { method: 'PUT', url: '/narrative/api/contents/a' })));
    const asset = () => front.app.inject(from('192.0.2.1', { url: '/narrative_session/-/assets/0/page.css' }));
    expect(new Set(await statuses(100, background))).toEqual(new Set([503]));
    expect(new Set(await statuses(20, asset))).toEqual(new Set([200]));
    expect(await statuses(2, () => page('ada'))).toEqual([201, 429]);
    expect((await background()).statusCode).toBe(503);
  });

  it('counts what there is nothing at', async () => {
    await withRates({ address: 2 });
    expect(await statuses(3, () => front.app.inject(from('192.0.2.1', { url: '/wp-login.php' })))).toEqual([404, 404, 429]);
  });

  it('keeps nobody out whose clock was set back', async () => {
    await withRates({ address: 1 });
    await anonymous('192.0.2.1');
    clock -= 3_600_000;
    expect((await anonymous('192.0.2.1')).statusCode).toBe(302);
  });
});

describe('the rate of a person', () => {
  it('is limited wherever they are, and touches nobody else behind the same address', async () => {
    await withRates({ person: 2 });
    expect([(await page('ada')).statusCode, (await page('ada', '192.0.2.2')).statusCode]).toEqual([201, 201]);
    expect((await page('ada', '192.0.2.3')).statusCode).toBe(429);
    expect((await page('bob')).statusCode).toBe(201);
    const status = await front.app.inject(as('ada', { url: '/narrative_status/', headers: JSON_HEADERS }));
    expect(status.json()).toMatchObject({ code: 'too-many-requests', detail: expect.stringContaining('with your sign-in') });
    expect(await refused()).toMatchObject({ address: 0, person: 2, sign_in: 0 });
  });

  it('lets a thousand researchers behind one address at their notebooks', async () => {
    await withRates({ person: 10, address: 3_000 });
    for (let index = 0; index < 1_000; index += 1) expect((await page(`user${index}`)).statusCode).toBe(201);
  });
});

describe('sign-ins that are not good', () => {
  it('are limited by their address, and keep nobody out who is signed in', async () => {
    await withRates({ signIn: 2 });
    const bad = () => front.app.inject(from('192.0.2.1', { url: '/narrative/', headers: JSON_HEADERS, cookies: { kbase_session: 'bad' } }));
    expect(await statuses(3, bad)).toEqual([403, 403, 429]);
    expect((await bad()).json()).toMatchObject({ detail: expect.stringContaining('a sign-in that is not valid') });
    expect((await page('ada')).statusCode).toBe(201);
    expect((await anonymous('192.0.2.1')).statusCode).toBe(302);
    expect(await refused()).toMatchObject({ sign_in: 2 });
  });

  it('are limited where people sign in by their word', async () => {
    const local = localProvider();
    front = await testFront({ local, settings: { rates: { signIn: 1 } } });
    const bad = () => front.app.inject({ url: '/narrative/', headers: JSON_HEADERS, cookies: { kbase_session: 'v1.forged.token' } });
    expect(await statuses(2, bad)).toEqual([403, 429]);
    const good = { url: '/narrative/', headers: PAGE_HEADERS, cookies: { kbase_session: local.issue('ada') } };
    expect((await front.app.inject(good)).statusCode).toBe(201);
  });

  it('are not asked about any more at the provider; whom it has told is let through', async () => {
    const asked: string[] = [];
    const fetching = jest.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
      const token = new Headers(init?.headers).get('authorization') ?? '';
      asked.push(token);
      return token === 'good' ? Response.json({ user: 'ada' }) : new Response('{}', { status: 401 });
    });
    const identity = createAuth2Provider({ url: 'http://auth.invalid/me' });
    await withRates({ signIn: 2 }, identity);
    const send = (token: string, ip = '192.0.2.1') =>
      front.app.inject(from(ip, { url: '/narrative/', headers: JSON_HEADERS, cookies: { kbase_session: token } }));
    const codes: number[] = [];
    for (const token of ['good', 'bad1', 'bad2', 'bad3', 'good', 'new']) codes.push((await send(token)).statusCode);
    expect(codes).toEqual([202, 403, 403, 429, 202, 429]);
    expect((await send('bad4', '192.0.2.2')).statusCode).toBe(403);
    expect(asked).toEqual(['good', 'bad1', 'bad2', 'bad4']);
    fetching.mockRestore();
    await identity.close();
  });
});

describe('without rates', () => {
  it('nothing is limited, and every limit is told as 0', async () => {
    await withRates({ address: 0 });
    expect(new Set(await statuses(50, () => page('ada')))).toEqual(new Set([201]));
    expect(await refused()).toEqual({ address: 0, person: 0, sign_in: 0, sessions: 0, sessions_per_person: 0 });
  });
});
