import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { buildInternal, openApiParts } from '../../src/index.js';
import { type ApiFront, apiFront } from '../api/support/api-front.js';
import { memoryLogger, PAGE_HEADERS } from '../support/front.js';

const PATH = '/narrative_session/-/dashboard';

describe('the dashboard on the front', () => {
  let front: ApiFront;
  beforeEach(async () => {
    front = await apiFront();
  });
  afterEach(() => front.close());
  const page = (user?: string, url = PATH) =>
    front.app.inject({ url, headers: PAGE_HEADERS, ...(user !== undefined && { cookies: { kbase_session: `token-${user}` } }) });

  it.each([PATH, `${PATH}/`])('is there for administrators (%s)', async (url) => {
    const answer = await page('root', url);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(answer.headers['content-security-policy']).toContain("style-src 'self'");
    expect(answer.body).not.toMatch(/ style=| on[a-z]+=|<style|<script>/);
  });

  it('is not there for others', async () => {
    const answer = await page('ada');
    expect([answer.statusCode, answer.body]).toEqual([403, expect.stringContaining('Only administrators')]);
    expect(answer.body).not.toContain('id="sessions"');
  });

  it('leads whoever is not signed in to the sign-in, and back', async () => {
    const answer = await page();
    expect([answer.statusCode, decodeURIComponent(`${answer.headers.location}`)]).toEqual([302, expect.stringContaining(PATH)]);
  });

  it('has every file that it names, as they are and zipped', async () => {
    const named = [...(await page('root')).body.matchAll(/(?:href|src|data-uplot)="(\/narrative_session\/-\/assets\/[^"]+)"/g)].map(
      ([, url]) => url as string,
    );
    expect(named.length).toBeGreaterThan(20);
    for (const url of new Set(named)) {
      const [plain, zipped] = await Promise.all([
        front.app.inject({ url }),
        front.app.inject({ url, headers: { 'accept-encoding': 'gzip, br' } }),
      ]);
      expect([url, plain.statusCode, zipped.headers['content-encoding']]).toEqual([url, 200, 'gzip']);
      expect(plain.headers['cache-control']).toContain('immutable');
      expect(zipped.rawPayload.length).toBeLessThan(plain.rawPayload.length);
    }
  });
});

describe('the dashboard on the internal listener', () => {
  let front: ApiFront;
  let app: FastifyInstance;
  beforeEach(async () => {
    front = await apiFront();
    const registry = new Registry();
    const { logger } = memoryLogger();
    const unknown = { get: () => undefined, list: () => [] };
    const parts = await openApiParts({
      sessions: front.sessions,
      templates: unknown,
      pools: unknown,
      explain: async () => undefined,
      tail: async () => undefined,
      now: Date.now,
      registry,
      logger,
    });
    const settings = { sessionCookie: 's', kbaseCookie: 'k', containerName: 'n-{}', templateName: 'narrative' };
    const operators = {
      front: { store: front.store, sessions: front.sessions, templates: unknown, settings, uses: front.uses, now: Date.now },
      parts,
    };
    app = await buildInternal({
      registry,
      ready: () => ({ ok: true, checks: {} }),
      routeDocument: () => undefined,
      routeToken: 'a-token-for-the-routes',
      operators,
      logger,
    });
  });
  afterEach(async () => {
    await app.close();
    await front.close();
  });

  it('is there for who is on this machine, with its files', async () => {
    const answer = await app.inject({ url: '/dashboard', headers: { host: '127.0.0.1:8084' } });
    expect(answer.statusCode).toBe(200);
    const [, style] = /href="([^"]+dashboard\.css)"/.exec(answer.body) ?? [];
    expect((await app.inject(`${style}`)).headers['content-type']).toBe('text/css; charset=utf-8');
  });

  it('is not there for a page of another site whose name leads here', async () => {
    expect((await app.inject({ url: '/dashboard', headers: { host: 'evil.example' } })).statusCode).toBe(403);
  });
});
