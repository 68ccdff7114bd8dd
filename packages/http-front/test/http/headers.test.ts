import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import { as, JSON_HEADERS, localProvider, PAGE_HEADERS, type TestFront, testFront } from '../support/front.js';

const TLS = { 'x-forwarded-proto': 'https' };
const directives = (policy: unknown): Record<string, string> =>
  Object.fromEntries(
    String(policy)
      .split('; ')
      .map((directive) => directive.split(/ (.*)/s, 2) as [string, string]),
  );

/** A page, JSON, an asset, a redirect, a problem as page and as JSON, and what Fastify itself refuses. */
const ANSWERS: [string, InjectOptions][] = [
  ['the waiting page', as('ada')],
  ['JSON', as('ada', { headers: JSON_HEADERS })],
  ['an asset', { url: '/narrative_session/-/assets/x/page.css' }],
  ['the way to the sign-in', { url: '/narrative/', headers: PAGE_HEADERS }],
  ['a problem', { url: '/elsewhere' }],
  ['a problem as a page', { url: '/elsewhere', headers: PAGE_HEADERS }],
  ['a broken path', { url: '/narrative/%zz' }],
];

describe('the headers of an answer', () => {
  let front: TestFront;
  beforeEach(async () => {
    front = await testFront();
  });
  afterEach(() => front.app.close());
  const answer = (request: InjectOptions, headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
    front.app.inject({ ...request, headers: { ...request.headers, ...headers }, remoteAddress });

  it.each(ANSWERS)('say with %s which request it answers, as the log does', async (_, request) => {
    const { headers, body } = await answer(request);
    const id = headers['x-request-id'] as string;
    expect(id).toMatch(/^[0-9a-f]{10}-\w+$/);
    if (String(headers['content-type']).startsWith('application/problem+json')) expect(JSON.parse(body).requestId).toBe(id);
    expect((await answer(request)).headers['x-request-id']).not.toBe(id);
  });

  it.each(ANSWERS)('allow %s nothing that it does not need', async (_, request) => {
    const { headers } = await answer(request);
    expect(directives(headers['content-security-policy'])).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self'",
      'connect-src': "'self'",
      'form-action': "'self'",
      'base-uri': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  // Before it has read the path, Fastify believes no proxy.
  it.each(ANSWERS.filter(([what]) => what !== 'a broken path'))(
    'have browsers come over TLS from then on, where %s came so',
    async (_, request) => {
      expect((await answer(request, TLS)).headers['strict-transport-security']).toBe('max-age=31536000');
      expect((await answer(request)).headers['strict-transport-security']).toBeUndefined();
    },
  );

  it('say nothing of TLS on the word of somebody who is no proxy of ours', async () => {
    expect((await answer(as('ada'), TLS, '192.0.2.1')).headers['strict-transport-security']).toBeUndefined();
  });

  it.each([
    ['HTTPS', true],
    ['wss', true],
    ['ws', undefined],
    ['HTTP', undefined],
    ['made-up', undefined],
    ['__proto__', undefined],
  ])('take X-Forwarded-Proto: %s of a proxy of ours for what it means', async (proto, overTls) => {
    const { statusCode, headers, cookies } = await answer(as('ada'), { 'x-forwarded-proto': proto });
    expect(statusCode).toBe(201);
    expect([headers['strict-transport-security'] !== undefined, cookies[0]?.secure]).toEqual([overTls === true, overTls]);
  });

  it('set cookies that no script and no other site’s request can use, and that TLS keeps to itself', async () => {
    for (const [headers, remoteAddress, secure] of [
      [{}, '127.0.0.1', undefined],
      [TLS, '127.0.0.1', true],
      [TLS, '192.0.2.1', undefined],
    ] as const) {
      const { cookies } = await answer(as('ada'), headers, remoteAddress);
      expect(cookies).toEqual([expect.objectContaining({ name: 'narrative_session', path: '/', httpOnly: true, sameSite: 'Lax' })]);
      expect(cookies[0]?.secure).toBe(secure);
    }
  });
});

it('cookies that are taken away have the attributes that they were set with', async () => {
  const { app } = await testFront({ local: localProvider() });
  const headers = { ...TLS, 'content-type': 'application/x-www-form-urlencoded' };
  const { cookies } = await app.inject({ method: 'POST', url: '/login', headers, payload: 'user=ada' });
  expect(cookies.map(({ name, httpOnly, secure, sameSite, path }) => ({ name, httpOnly, secure, sameSite, path }))).toEqual(
    ['kbase_session', 'narrative_session'].map((name) => ({ name, httpOnly: true, secure: true, sameSite: 'Lax', path: '/' })),
  );
  await app.close();
});

it('no page has a script, a style or a handler of its own in it', async () => {
  const { app } = await testFront({ local: localProvider() });
  const { value } = (
    await app.inject({
      method: 'POST',
      url: '/login',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'user=ada',
    })
  ).cookies[0] as { value: string };
  for (const request of [{ url: '/login' }, { url: '/elsewhere' }, { url: '/narrative/', cookies: { kbase_session: value } }]) {
    const { body } = await app.inject({ headers: PAGE_HEADERS, ...request });
    expect(body).toContain('<!doctype html>');
    expect(body).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=|javascript:/i);
  }
  await app.close();
});
