import { describe, expect, it } from '@jest/globals';
import { HttpResponse } from 'msw';
import { RancherClient } from '../src/client.js';
import { BASE, caught, collection, inTurn, json, mockRancher, ORIGIN, SERVICES, service } from './support/mock-rancher.js';

const server = mockRancher();
const client = new RancherClient({ url: BASE, retries: 0 });
const { services, containers } = client.project('1a5');
const ITEM = `${SERVICES}/1s3`;

describe('list', () => {
  it('asks for pages of 500, sorted by id', async () => {
    const get = inTurn('get', SERVICES, () => collection([service('1s10'), service('1s9')]));
    server.use(get.handler);
    const rows = await services.list({ stackId: '1st7', name_prefix: 's-' }, { include: ['instances'] });
    expect(rows.map(({ id }) => id)).toEqual(['1s9', '1s10']);
    const [request] = get.requests;
    expect(new URL(request?.url ?? '').search).toBe('?stackId=1st7&name_prefix=s-&include=instances&sort=id&limit=500');
  });

  it('gives what is kept of each row that satisfies, sorted by id', async () => {
    const all = [service('1s10'), service('1s9'), service('1s3', { stackId: '1st8' })];
    server.use(inTurn('get', SERVICES, () => collection(all)).handler);
    await expect(services.listAs(({ name }) => name, { stackId: '1st7' })).resolves.toEqual(['s-1s9', 's-1s10']);
  });

  it('sends the bare number for the filter id', async () => {
    const get = inTurn('get', SERVICES, () => collection([service('1s3')]));
    server.use(get.handler);
    await expect(services.list({ id: '1s3' })).resolves.toHaveLength(1);
    expect(new URL(get.requests[0]?.url ?? '').searchParams.get('id')).toBe('3');
  });

  it.each([
    [{ name: 's-1s3' }, ['1s3']],
    [{ stackId: '1st8' }, ['1s4']],
    [{ state: 'removing' }, ['1s5']],
    [{ state_ne: ['removing', 'inactive'] }, ['1s3', '1s4']],
    [{ id: '4' }, ['1s4']],
  ])('keeps only what satisfies %j, had Rancher ignored it', async (filters, ids) => {
    const all = [service('1s3'), service('1s4', { stackId: '1st8' }), service('1s5', { state: 'removing' })];
    server.use(inTurn('get', SERVICES, () => collection(all)).handler);
    const rows = await services.list(filters);
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  it.each([
    [{ bogus: '1' }],
    [{ name_gt: 'p' }],
    [{ toString: 'x' }],
    [{ removed_notnull: '1' }],
    [{ name: '' }],
    [{ name: [] }],
    [{ name_: 'x' }],
  ])('refuses the filter %j before anything is sent', async (filters) => {
    await expect(services.list(filters as Record<string, string>)).rejects.toMatchObject({ code: 'InvalidArgument' });
  });

  it('refuses filters that hold null in every container', async () => {
    await expect(containers.list({ stackId: '1st7' })).rejects.toMatchObject({ code: 'InvalidArgument' });
  });

  it('never follows the link to the next page', async () => {
    const foreign = 'http://elsewhere.test/v2-beta/services?limit=2&marker=m2';
    const get = inTurn(
      'get',
      SERVICES,
      () => collection([service('1s1'), service('1s2')], foreign),
      () => collection([service('1s2'), service('1s3')]),
    );
    server.use(get.handler);
    await expect(services.list()).resolves.toHaveLength(3);
    expect(get.requests.map(({ url }) => new URL(url).origin)).toEqual([ORIGIN, ORIGIN]);
    expect(new URL(get.requests[1]?.url ?? '').searchParams.get('marker')).toBe('m1');
  });

  it.each([
    ['a row that is none', () => collection([service('1s1'), { id: '1s2' }])],
    ['a marker of another form', () => collection([service('1s1')], `${SERVICES}?marker=abc`)],
    ['a partial page without a next one', () => json({ type: 'collection', data: [], pagination: { partial: true } })],
    ['an error in the disguise of a 200', () => json({ type: 'error', code: 'x' })],
    ['an empty object', () => json({})],
    ['null', () => HttpResponse.json(null)],
  ])('answers nothing rather than a part: %s', async (_what, answer) => {
    server.use(inTurn('get', SERVICES, answer).handler);
    await expect(services.list()).rejects.toMatchObject({ code: 'InvalidAnswer' });
  });

  it('reads lists that have no pages', async () => {
    server.use(
      inTurn('get', `${BASE}/projects`, () =>
        json({ type: 'collection', data: [{ id: '1a5', type: 'project', name: 'Default', state: 'active' }], pagination: null }),
      ).handler,
    );
    await expect(client.projects.list({ name: 'Default' })).resolves.toMatchObject([{ id: '1a5', name: 'Default' }]);
    await expect(client.projects.list({ name: 'default' })).resolves.toEqual([]);
  });
});

describe('one resource', () => {
  it.each(['nope', '1st7', '3', '', '../stacks/1st7', '1s3?x', '1s3/'])('has no id %j among services', async (id) => {
    for (const call of [services.get(id), services.remove(id), services.update(id, {}), services.action(id, 'remove')]) {
      expect(await caught(call)).toMatchObject({ code: 'InvalidArgument' });
    }
  });

  it('takes an action with its body', async () => {
    const post = inTurn('post', ITEM, () => json(service('1s3', { state: 'upgrading' }), 202));
    server.use(post.handler);
    const body = { inServiceStrategy: { launchConfig: {} } };
    await expect(services.action('1s3', 'upgrade', body)).resolves.toMatchObject({ state: 'upgrading' });
    expect(post.requests[0]?.url).toBe(`${ITEM}?action=upgrade`);
    await expect(post.requests[0]?.json()).resolves.toEqual(body);
    await expect(services.action('1s3', 'a&b')).rejects.toMatchObject({ code: 'InvalidArgument' });
  });

  it('is asked for with what it includes', async () => {
    const instance = { id: '1i4', type: 'container', name: 'c', state: 'running', primaryIpAddress: '10.42.0.1', labels: { n: 1 } };
    const get = inTurn('get', ITEM, () => json(service('1s3', { instances: [instance] })));
    server.use(get.handler);
    const found = await services.find('1s3', { include: ['instances'] });
    expect(found?.instances?.[0]).toMatchObject({ state: 'running', labels: { n: '1' }, serviceIds: [] });
    expect(get.requests[0]?.url).toBe(`${ITEM}?include=instances`);
  });

  it('keeps what it does not know of a launchConfig', async () => {
    const launchConfig = { imageUuid: 'docker:a', labels: { a: 'b' }, environment: { X: null }, ports: null, somethingNew: { deep: [1] } };
    server.use(inTurn('get', ITEM, () => json(service('1s3', { launchConfig, secondaryLaunchConfigs: null, unknown: 1 }))).handler);
    const found = await services.get('1s3');
    expect(found.launchConfig).toEqual(launchConfig);
    expect(found.secondaryLaunchConfigs).toEqual([]);
    expect(found).not.toHaveProperty('unknown');
  });

  it('gives access to the streams of a container', async () => {
    const url = 'ws://rancher.test/v1/logs/';
    const post = inTurn('post', `${BASE}/projects/1a5/containers/1i4`, () => json({ id: null, type: 'hostAccess', url, token: 'jwt' }));
    server.use(post.handler);
    await expect(containers.access('1i4', 'logs', { follow: true })).resolves.toEqual({ url, token: 'jwt' });
    expect(post.requests[0]?.url).toContain('?action=logs');
  });
});

describe('a project', () => {
  it('has an id that is one', () => {
    expect(() => client.project('../x')).toThrow(/not the id of a project/);
  });
});
