import { describe, expect, it } from '@jest/globals';
import { HttpResponse } from 'msw';
import { RancherClient } from '../src/client.js';
import { InvalidArgumentError, RancherError, RancherUnreachableError } from '../src/errors.js';
import { endpoint } from '../src/http/endpoint.js';
import { HttpClient, type RequestSeen } from '../src/http/http.js';
import { onBehalfOf } from '../src/http/on-behalf-of.js';
import { serviceSchema } from '../src/schemas/service.js';
import { BASE, caught, html, hung, inTurn, json, mockRancher, refusal, SERVICES, service } from './support/mock-rancher.js';

const server = mockRancher();
const ITEM = `${SERVICES}/1s3`;

function services(options: object = {}) {
  return new RancherClient({ url: BASE, accessKey: 'key', secretKey: 'very-secret', ...options }).project('1a5').services;
}

describe('what goes out', () => {
  it.each([BASE, `${BASE}/`])('goes below %s with basic auth and JSON', async (url) => {
    const post = inTurn('post', SERVICES, () => json(service('1s3'), 201));
    server.use(post.handler);
    await services({ url }).create({ name: 'a' });
    const [request] = post.requests;
    expect(request?.headers.get('authorization')).toBe(`Basic ${Buffer.from('key:very-secret').toString('base64')}`);
    expect(request?.headers.get('accept')).toBe('application/json');
    expect(request?.headers.get('content-type')).toBe('application/json');
    await expect(request?.json()).resolves.toEqual({ name: 'a' });
  });

  it('carries no authorization without keys', async () => {
    const get = inTurn('get', ITEM, () => json(service('1s3')));
    server.use(get.handler);
    await services({ accessKey: undefined, secretKey: undefined }).get('1s3');
    expect(get.requests[0]?.headers.has('authorization')).toBe(false);
  });

  it('says whose request is behind it, where one is', async () => {
    const get = inTurn(
      'get',
      ITEM,
      () => json(service('1s3')),
      () => json(service('1s3')),
    );
    server.use(get.handler);
    await onBehalfOf('a1-7', () => services().get('1s3'));
    await services().get('1s3');
    expect(get.requests.map(({ headers }) => headers.get('x-request-id'))).toEqual(['a1-7', null]);
  });

  it('is told to who wants to know, each try of it', async () => {
    const get = inTurn(
      'get',
      ITEM,
      () => HttpResponse.error(),
      () => json(service('1s3')),
    );
    server.use(get.handler);
    const told: string[] = [];
    await services({ onRequest: ({ method, code }: RequestSeen) => told.push(`${method} ${code}`) }).get('1s3');
    expect(told).toEqual(['GET <error>', 'GET 200']);
  });

  it.each([
    { url: 'rancher' },
    { url: 'ftp://rancher/' },
    { url: 'http://user:pass-word@rancher/' },
    { url: 'http://rancher/?token=pass-word' },
    { url: BASE, accessKey: 'key' },
    { url: BASE, accessKey: 'a:b', secretKey: 'pass-word' },
  ])('refuses the configuration %j without quoting a secret', (options) => {
    let thrown: unknown;
    try {
      new RancherClient(options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvalidArgumentError);
    expect(String(thrown)).not.toContain('pass-word');
  });
});

describe('errors', () => {
  it('tells code, field and message of a refusal', async () => {
    const post = inTurn('post', SERVICES, () => refusal(422, 'NotUnique', { fieldName: 'name', message: 'taken', detail: 'd' }));
    server.use(post.handler);
    const error = await caught(services().create({ name: 'a' }));
    expect(error).toBeInstanceOf(RancherError);
    expect(error).toMatchObject({
      status: 422,
      code: 'NotUnique',
      fieldName: 'name',
      rancherMessage: 'taken',
      detail: 'd',
      method: 'POST',
    });
    expect(error.message).toBe('Rancher answered POST /v2-beta/projects/1a5/services with 422 NotUnique for "name": taken.');
  });

  it('finds nothing only where Rancher itself says 404', async () => {
    server.use(inTurn('get', ITEM, () => refusal(404, 'Not Found')).handler);
    await expect(services().find('1s3')).resolves.toBeUndefined();
    server.use(inTurn('get', ITEM, () => html(404)).handler);
    await expect(services().find('1s3')).rejects.toMatchObject({ name: 'RancherUnreachableError', code: 'InvalidAnswer', status: 404 });
  });

  it.each([
    ['HTML', () => html(), /isn't JSON/],
    ['JSON cut short', () => new HttpResponse('{"id":"1s3","ty'), /isn't JSON/],
    ['another shape', () => json({ id: '1s3', type: 'service', state: 5 }), /state/],
    ['another resource', () => json(service('1s4')), /1s4 instead of 1s3/],
    ['no body', () => new HttpResponse(null, { status: 204 }), /isn't JSON/],
  ])('takes %s for no answer of Rancher', async (_what, answer, message) => {
    const put = inTurn('put', ITEM, answer);
    server.use(put.handler);
    const error = await caught(services().update('1s3', {}));
    expect(error).toMatchObject({ name: 'RancherUnreachableError', code: 'InvalidAnswer', outcome: 'unknown' });
    expect(error.message).toMatch(message);
  });

  it('does not follow a redirect, and names where it leads without its query', async () => {
    const location = 'http://elsewhere.test/login?token=hidden';
    server.use(inTurn('get', ITEM, () => new HttpResponse(null, { status: 302, headers: { location } })).handler);
    const error = await caught(services().get('1s3'));
    expect(error).toMatchObject({ code: 'InvalidAnswer', status: 302 });
    expect(error.message).toContain('http://elsewhere.test/login');
    expect(error.message).not.toContain('hidden');
  });

  it('reads no more of an answer than allowed', async () => {
    server.use(inTurn('get', ITEM, () => json(service('1s3', { description: 'x'.repeat(2_000) }))).handler);
    const http = new HttpClient({ endpoint: endpoint(BASE), maxBytes: 1_000 });
    const error = await caught(http.request({ method: 'GET', path: '/projects/1a5/services/1s3', schema: serviceSchema }));
    expect(error).toMatchObject({ code: 'InvalidAnswer' });
    expect(error.message).toContain('more than 1000 bytes');
  });

  it.each([
    ['401', () => refusal(401, 'Unauthorized')],
    ['500', () => refusal(500, 'Internal Server Error')],
    ['HTML', () => html(502)],
    ['a connection error', () => HttpResponse.error()],
  ])('keeps the secret key out of the error after %s', async (_what, answer) => {
    server.use(inTurn('get', ITEM, answer).handler);
    const error = await caught(services({ retries: 0 }).get('1s3'));
    const all = JSON.stringify([error.message, error.stack, error, error.cause]);
    expect(all).not.toContain('very-secret');
    expect(all).not.toContain(Buffer.from('key:very-secret').toString('base64'));
  });
});

describe('repetitions', () => {
  it.each([
    ['a 503', () => refusal(503, 'Service Unavailable')],
    ["a proxy's 502", () => html(502)],
    ['a connection error', () => HttpResponse.error()],
  ])('repeat a GET after %s', async (_what, failure) => {
    const get = inTurn('get', ITEM, failure, failure, () => json(service('1s3')));
    server.use(get.handler);
    await expect(services().get('1s3')).resolves.toMatchObject({ id: '1s3' });
    expect(get.requests).toHaveLength(3);
  });

  it('repeat a GET that hangs, within the deadline', async () => {
    const get = inTurn('get', ITEM, hung, () => json(service('1s3')));
    server.use(get.handler);
    await expect(services({ deadlineMs: 1_000 }).get('1s3')).resolves.toMatchObject({ id: '1s3' });
    expect(get.requests).toHaveLength(2);
  });

  it('come to an end', async () => {
    const get = inTurn('get', ITEM, () => refusal(500, 'Internal Server Error'));
    server.use(get.handler);
    await expect(services({ retries: 1 }).get('1s3')).rejects.toMatchObject({ status: 500 });
    expect(get.requests).toHaveLength(2);
  });

  it.each([
    ['401', () => refusal(401, 'Unauthorized')],
    ['404', () => refusal(404, 'Not Found')],
    ['501', () => refusal(501, 'HostApiProxyDisabled')],
    ['HTML with 200', () => html()],
  ])('are not made after %s', async (_what, answer) => {
    const get = inTurn('get', ITEM, answer);
    server.use(get.handler);
    await caught(services().get('1s3'));
    expect(get.requests).toHaveLength(1);
  });

  it.each([
    ['post', SERVICES, (list: ReturnType<typeof services>) => list.create({})],
    ['put', ITEM, (list: ReturnType<typeof services>) => list.update('1s3', {})],
    ['delete', ITEM, (list: ReturnType<typeof services>) => list.remove('1s3')],
    ['post', ITEM, (list: ReturnType<typeof services>) => list.action('1s3', 'activate')],
  ] as const)('are never made of a %s to %s', async (method, url, call) => {
    for (const answer of [() => refusal(503, 'Service Unavailable'), () => HttpResponse.error()]) {
      const once = inTurn(method, url, answer);
      server.use(once.handler);
      await caught(call(services()));
      expect(once.requests).toHaveLength(1);
    }
  });
});

describe('deadlines', () => {
  it.each([
    ['no answer', () => new Promise<Response>(() => {})],
    ['a body that never ends', hung],
  ])('end a POST with %s, with an unknown outcome', async (_what, answer) => {
    server.use(inTurn('post', SERVICES, answer).handler);
    const error = await caught(services({ deadlineMs: 100 }).create({}));
    expect(error).toBeInstanceOf(RancherUnreachableError);
    expect(error).toMatchObject({ code: 'Timeout', outcome: 'unknown' });
    expect(error.message).toMatch(/within \d+ ms/);
  });

  it("leave the caller's own signal its reason", async () => {
    server.use(inTurn('get', ITEM, hung).handler);
    const reason = new Error('enough');
    const controller = new AbortController();
    const answer = caught(services().get('1s3', { signal: controller.signal }));
    controller.abort(reason);
    expect(await answer).toBe(reason);
    expect(await caught(services().get('1s3', { signal: controller.signal }))).toBe(reason);
  });

  it('do not hold up a client that is closed', async () => {
    const get = inTurn('get', ITEM, hung);
    server.use(get.handler);
    const client = new RancherClient({ url: BASE });
    const answer = caught(client.project('1a5').services.get('1s3'));
    await client.close();
    expect(await answer).toMatchObject({ name: 'AbortError' });
    expect(await caught(client.projects.list())).toMatchObject({ name: 'AbortError' });
  });
});
