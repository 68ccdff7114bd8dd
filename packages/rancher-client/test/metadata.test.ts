import { describe, expect, it } from '@jest/globals';
import { HttpResponse } from 'msw';
import { MetadataClient } from '../src/metadata.js';
import { caught, html, inTurn, json, mockRancher, ORIGIN } from './support/mock-rancher.js';

const server = mockRancher();
const URL_BASE = `${ORIGIN}/metadata`;
const V = `${URL_BASE}/2016-07-29`;
const client = new MetadataClient({ url: `${URL_BASE}/` });

const container = {
  name: 'sess-abc-1',
  uuid: 'c',
  primary_ip: '127.0.0.1',
  state: 'running',
  health_state: 'healthy',
  labels: {},
  ports: null,
};
const service = {
  name: 'abc',
  stack_name: 'sess',
  kind: 'service',
  scale: 1,
  labels: { a: 'b' },
  metadata: {},
  links: {},
  containers: [container],
};
const stack = { name: 'sess', uuid: 'st', environment_name: 'Default', system: false, services: [service] };

describe('MetadataClient', () => {
  it('reads stacks with what is in them', async () => {
    const get = inTurn('get', `${V}/stacks`, () => json([stack]));
    server.use(get.handler);
    const [found] = await client.stacks();
    expect(found).toMatchObject({ name: 'sess', environment_name: 'Default' });
    expect(found?.services[0]?.containers[0]).toMatchObject({ primary_ip: '127.0.0.1', ports: [] });
    expect(get.requests[0]?.headers.get('accept')).toBe('application/json');
  });

  it('reads services and containers', async () => {
    server.use(
      inTurn('get', `${V}/services`, () => json([service])).handler,
      inTurn('get', `${V}/containers`, () => json([container])).handler,
    );
    await expect(client.services()).resolves.toMatchObject([{ name: 'abc', labels: { a: 'b' } }]);
    await expect(client.containers()).resolves.toMatchObject([{ name: 'sess-abc-1' }]);
  });

  it('knows itself, or that it is nowhere', async () => {
    server.use(
      inTurn('get', `${V}/self/stack`, () => json(stack)).handler,
      inTurn('get', `${V}/self/container`, () => json(container)).handler,
    );
    await expect(client.self()).resolves.toMatchObject({ stack: { name: 'sess' }, container: { name: 'sess-abc-1' } });
    const absent = () => json({ type: 'error', code: 404, message: 'Not Found' }, 404);
    server.use(inTurn('get', `${V}/self/stack`, absent).handler, inTurn('get', `${V}/self/container`, absent).handler);
    await expect(client.self()).resolves.toEqual({ stack: null, container: null });
  });

  it('takes a 404 of somebody else for a failure', async () => {
    server.use(
      inTurn('get', `${V}/self/stack`, () => html(404)).handler,
      inTurn('get', `${V}/self/container`, () => json(container)).handler,
    );
    await expect(client.self()).rejects.toMatchObject({ code: 'InvalidAnswer' });
  });

  it('reads the version and waits for another, longer than its deadline for other requests', async () => {
    const short = new MetadataClient({ url: URL_BASE, version: 'latest', deadlineMs: 1_000 });
    const later = () => new Promise<Response>((resolve) => setTimeout(() => resolve(HttpResponse.json('2')), 1_200));
    const get = inTurn('get', `${URL_BASE}/latest/version`, () => HttpResponse.json('1'), later);
    server.use(get.handler);
    await expect(short.version()).resolves.toBe('1');
    await expect(short.waitForVersion('1', { maxWaitSeconds: 5 })).resolves.toBe('2');
    expect(new URL(get.requests[1]?.url ?? '').search).toBe('?wait=true&value=1&maxWait=5');
  });

  it('stops waiting when called off or closed', async () => {
    const get = inTurn('get', `${V}/version`, () => new Promise<Response>(() => {}));
    server.use(get.handler);
    const controller = new AbortController();
    const called = caught(client.waitForVersion('1', { maxWaitSeconds: 30, signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect((await called).message).toBe('enough');
    const other = new MetadataClient({ url: URL_BASE });
    const closed = caught(other.waitForVersion('1', { maxWaitSeconds: 30 }));
    await other.close();
    expect((await closed).name).toBe('AbortError');
  });

  it('refuses a version that is a path', () => {
    expect(() => new MetadataClient({ url: URL_BASE, version: '../x' })).toThrow(/not a version/);
  });
});
