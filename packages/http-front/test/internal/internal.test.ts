import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { Counter, Registry } from 'prom-client';
import { buildInternal, type InternalOptions } from '../../src/index.js';
import { memoryLogger } from '../support/front.js';

const TOKEN = 'a-token-for-the-routes';

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

async function internal(options: Partial<InternalOptions> = {}) {
  const { logger, logs } = memoryLogger();
  const defaults = {
    registry: new Registry(),
    ready: () => ({ ok: true, checks: {} }),
    routeDocument: () => '{"http":{}}',
    routeToken: TOKEN,
  };
  app = await buildInternal({ ...defaults, logger, ...options });
  return { app, logs };
}

describe('the internal listener', () => {
  it('tells that it is alive', async () => {
    const { app } = await internal();
    const answer = await app.inject('/healthz');
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('tells what readiness lacks', async () => {
    const checks = { store: { ok: true }, traefik: { ok: false, message: 'does not answer' } };
    const { app } = await internal({ ready: () => ({ ok: false, checks }) });
    const answer = await app.inject('/readyz');
    expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'not ready', checks }]);
  });

  it('tells that it is ready', async () => {
    const { app } = await internal();
    const answer = await app.inject('/readyz');
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ready', checks: {} }]);
  });

  it('gives metrics', async () => {
    const registry = new Registry();
    new Counter({ name: 'things_total', help: 'Things.', registers: [registry] }).inc();
    const { app } = await internal({ registry });
    const answer = await app.inject('/metrics');
    expect(answer.headers['content-type']).toContain('version=0.0.4');
    expect(answer.body).toContain('things_total 1');
  });

  it('serves nothing else', async () => {
    const { app } = await internal();
    const answer = await app.inject({ url: '/narrative/', headers: { accept: 'text/html' } });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
  });
});

describe('the routes for Traefik', () => {
  const ask = (app: FastifyInstance, authorization?: string) =>
    app.inject({ url: '/traefik/config', headers: authorization === undefined ? {} : { authorization } });

  it('are for whoever has the token', async () => {
    const { app } = await internal({ routeDocument: () => '{"http":{"routers":{}}}' });
    const answer = await ask(app, `Bearer ${TOKEN}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toContain('application/json');
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body).toBe('{"http":{"routers":{}}}');
    // Traefik 2 has no headers of one's own, and makes this of http://mooring:<token>@… in its endpoint.
    expect((await ask(app, `Basic ${Buffer.from(`mooring:${TOKEN}`).toString('base64')}`)).statusCode).toBe(200);
  });

  it.each([
    undefined,
    '',
    'Bearer ',
    `Bearer ${TOKEN}x`,
    TOKEN,
    `Basic ${TOKEN}`,
    `Basic ${Buffer.from('a:wrong').toString('base64')}`,
    'Bearer wrong',
  ])('are not for %j', async (authorization) => {
    const { app, logs } = await internal({ routeDocument: () => 'secret document' });
    const answer = await ask(app, authorization);
    expect(answer.statusCode).toBe(401);
    expect(answer.body).not.toContain('secret document');
    expect(logs()).not.toContain(TOKEN);
  });

  it('are 503 until they are known, never an empty 200', async () => {
    const { app } = await internal({ routeDocument: () => undefined });
    const answer = await ask(app, `Bearer ${TOKEN}`);
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'routes-not-loaded']);
  });

  it('need a token that can’t be guessed', async () => {
    await expect(internal({ routeToken: '' })).rejects.toThrow('routeToken');
  });
});

describe('why a session is as it is', () => {
  const explain = async (name: string) => (name === 'narrative-ada-1' ? { session: name, phase: 'Ready' } : undefined);

  it('is told as JSON', async () => {
    const { app } = await internal({ explain });
    const answer = await app.inject('/explain/narrative-ada-1');
    expect([answer.statusCode, answer.json()]).toEqual([200, { session: 'narrative-ada-1', phase: 'Ready' }]);
    expect(answer.headers['content-type']).toContain('application/json');
  });

  it('is a problem where there is no such session, and another where nobody explains', async () => {
    const { app: knowing } = await internal({ explain });
    const unknown = await knowing.inject('/explain/narrative%2Fbob');
    expect([unknown.statusCode, unknown.json().code]).toEqual([404, 'unknown-session']);
    expect(unknown.json().detail).toContain('"narrative/bob"');
    await knowing.close();
    const { app: silent } = await internal();
    expect((await silent.inject('/explain/narrative-ada-1')).json().code).toBe('not-found');
  });
});
