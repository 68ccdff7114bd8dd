import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RancherClient } from '../src/client.js';
import type { SubscribeEvent } from '../src/subscribe/subscribe.js';
import { service } from './support/mock-rancher.js';
import { refused, SmallRancher } from './support/small-rancher.js';

// The 14 surprises of the recordings' README, by their numbers: what the client makes of each. That the local Rancher has
// them is in packages/local-rancher/test/lifecycle/surprises.test.ts, that the loop survives them in
// packages/controller/test/surprises.test.ts.

let rancher: SmallRancher;
let client: RancherClient;
beforeEach(async () => {
  rancher = await SmallRancher.start();
  client = new RancherClient({ url: rancher.url, deadlineMs: 5_000, retries: 2 });
});
afterEach(async () => {
  await client.close();
  await rancher.close();
});

const services = () => client.project('1a5').services;
const containers = () => client.project('1a5').containers;

const listOf = (data: object[], next: string | null = null): object => ({
  type: 'collection',
  data,
  pagination: { next, partial: next !== null, limit: 3000 },
});

/** Lists as Rancher does: sorted by id, so many on a page, the marker an offset. `change` comes before each page. */
const pagesOf = (ids: number[], limit: number, change: (page: number) => void = () => undefined): void => {
  let page = 0;
  rancher.on('GET services', ({ query }) => {
    change(page++);
    const offset = Number((query.get('marker') ?? 'm0').slice(1));
    const end = offset + limit;
    const rows = ids.slice(offset, end).map((id) => service(`1s${id}`));
    return listOf(rows, ids.length > end ? `http://elsewhere.example/v2-beta/services?marker=m${end}` : null);
  });
};

describe('surprise', () => {
  it('1: names are not unique under concurrency: both twins are told apart by id, and a creation is never repeated', async () => {
    let count = 0;
    rancher.on('POST services', ({ body }) => ({ status: 201, body: service(`1s${++count}`, { name: (body as { name: string }).name }) }));
    const twins = await Promise.all([services().create({ name: 'twin' }), services().create({ name: 'twin' })]);
    expect(twins.map(({ id }) => id).sort()).toEqual(['1s1', '1s2']);
    rancher.on('GET services', () => listOf(twins));
    await expect(services().list({ name: 'twin' })).resolves.toHaveLength(2);

    rancher.on('POST services', () => refused(422, 'NotUnique', { fieldName: 'name' }));
    await expect(services().create({ name: 'twin' })).rejects.toMatchObject({ code: 'NotUnique', fieldName: 'name' });
    rancher.on('POST services', () => refused(500, 'Internal Server Error'));
    await expect(services().create({ name: 'third' })).rejects.toMatchObject({ status: 500 });
    expect(rancher.asked.filter(({ method }) => method === 'POST')).toHaveLength(4);
  });

  it('2: a DELETE can be lost: what it answers is passed on as it is, and the next look tells what came of it', async () => {
    rancher.on('DELETE services/1s3', () => service('1s3', { state: 'removing' }));
    rancher.on('GET services/1s3', () => service('1s3', { state: 'active' }));
    await expect(services().remove('1s3')).resolves.toMatchObject({ state: 'removing' });
    await expect(services().get('1s3')).resolves.toMatchObject({ state: 'active' });
    rancher.on('GET services/1s3', () => service('1s3', { state: 'removed', removed: '2026-11-21T04:46:49Z' }));
    await expect(services().find('1s3')).resolves.toMatchObject({ state: 'removed' });
  });

  it('3: a PUT of launchConfig is silently ignored: the answer shows what Rancher kept; an upgrade sends back all that was read', async () => {
    const launchConfig = { imageUuid: 'docker:a:1', capDrop: ['MKNOD'], ports: ['8888/tcp'], labels: { a: 'b' }, unknown: { deep: [1] } };
    const kept = service('1s3', { launchConfig });
    rancher.on('PUT services/1s3', () => kept);
    const answer = await services().update('1s3', { launchConfig: { imageUuid: 'docker:a:2' } });
    expect(answer.launchConfig).toEqual(launchConfig);
    rancher.on('POST services/1s3', () => ({ status: 202, body: { ...kept, state: 'upgrading' } }));
    await services().action('1s3', 'upgrade', { inServiceStrategy: { launchConfig: { ...answer.launchConfig, imageUuid: 'docker:a:2' } } });
    expect(rancher.asked.at(-1)?.body).toEqual({ inServiceStrategy: { launchConfig: { ...launchConfig, imageUuid: 'docker:a:2' } } });
  });

  it("4: one PUT renames, describes and marks; the container's own name stays the old one", async () => {
    const changes = { name: 'after', description: 'd', metadata: { mooring: { owner: 'o' } } };
    rancher.on('PUT services/1s3', () => service('1s3', { ...changes, state: 'updating-active' }));
    await expect(services().update('1s3', changes)).resolves.toMatchObject({ ...changes, state: 'updating-active' });
    expect(rancher.asked).toMatchObject([{ method: 'PUT', body: changes }]);
    const instance = { id: '1i2', type: 'container', name: 'stack-before-1', state: 'running', labels: {} };
    rancher.on('GET services', () => listOf([service('1s3', { ...changes, instances: [instance] })]));
    const [listed] = await services().list({ name: 'after' }, { include: ['instances'] });
    expect(listed).toMatchObject({ metadata: changes.metadata, instances: [{ name: 'stack-before-1' }] });
  });

  it('5: a port comes back with a host port of its own, and restartPolicy does not come back', async () => {
    rancher.on('POST services', () => ({
      status: 201,
      body: service('1s3', { launchConfig: { ports: ['63759:8888/tcp'], restartPolicy: null } }),
    }));
    const created = await services().create({ name: 'x', launchConfig: { ports: ['8888/tcp'], restartPolicy: { name: 'always' } } });
    expect(created.launchConfig).toMatchObject({ ports: ['63759:8888/tcp'], restartPolicy: null });
  });

  it('6: pages of a bounded size are asked for, and what vanishes between pages takes no other row with it', async () => {
    const ids = Array.from({ length: 12 }, (_, index) => index + 1);
    pagesOf(ids, 5, (page) => {
      if (page === 1) ids.splice(0, 1);
    });
    const found = (await services().list()).map(({ id }) => Number(id.slice(2)));
    expect(ids.every((id) => found.includes(id))).toBe(true);
    expect(rancher.asked.every(({ query }) => query.get('limit') === '500' && query.get('sort') === 'id')).toBe(true);
  });

  it('7: lists below a link ignore limit and filters: a stack is asked for by the filter stackId instead', async () => {
    rancher.on('GET services', () => listOf([service('1s3'), service('1s4', { stackId: '1st8' })]));
    await expect(services().list({ stackId: '1st7' })).resolves.toMatchObject([{ id: '1s3' }]);
    expect(rancher.asked).toMatchObject([{ path: 'services' }]);
    expect(rancher.asked[0]?.query.get('stackId')).toBe('1st7');
  });

  it('8: filters that Rancher would ignore, or fail over, are not sent; repeated ones all hold; an id goes as its number', async () => {
    for (const filter of ['bogus', 'name_gt', 'scale', 'created_gt'])
      await expect(services().list({ [filter]: '2020' })).rejects.toMatchObject({ code: 'InvalidArgument' });
    expect(rancher.asked).toEqual([]);
    rancher.on('GET services', () => listOf([service('1s3'), service('1s30')]));
    await expect(services().list({ id: '1s3', state_ne: ['removing', 'inactive'] })).resolves.toMatchObject([{ id: '1s3' }]);
    expect(rancher.asked[0]?.query.get('id')).toBe('3');
    expect(rancher.asked[0]?.query.getAll('state_ne')).toEqual(['removing', 'inactive']);
  });

  it('9: the letters of an id are not checked there, so they are here, going out and coming back', async () => {
    await expect(services().get('1st7')).rejects.toMatchObject({ code: 'InvalidArgument' });
    await expect(services().remove('1i7')).rejects.toMatchObject({ code: 'InvalidArgument' });
    expect(rancher.asked).toEqual([]);
    rancher.on('GET services/1s7', () => service('1s8'));
    await expect(services().get('1s7')).rejects.toMatchObject({ code: 'InvalidAnswer' });
  });

  it("10: of what is taken leniently nothing is made use of: plural paths, JSON, and actions at the item's own address", async () => {
    const foreign = { remove: 'http://elsewhere.example/v2-beta/projects/1a5/services/1s3/?action=remove' };
    for (const method of ['PUT', 'DELETE', 'POST']) rancher.on(`${method} services/1s3`, () => service('1s3', { actions: foreign }));
    await services().update('1s3', { description: 'x y' });
    await services().remove('1s3');
    await services().action('1s3', 'remove');
    expect(rancher.asked.map(({ method, path, query }) => [method, path, query.get('action')])).toEqual([
      ['PUT', 'services/1s3', null],
      ['DELETE', 'services/1s3', null],
      ['POST', 'services/1s3', 'remove'],
    ]);
    expect(rancher.asked[0]).toMatchObject({ headers: { 'content-type': 'application/json' }, body: { description: 'x y' } });
  });

  it('11: what was to be started once and ended is active and started-once, and is found by that', async () => {
    rancher.on('GET services', () => listOf([service('1s3', { healthState: 'started-once' }), service('1s4', { healthState: 'healthy' })]));
    await expect(services().list({ healthState: 'started-once' })).resolves.toMatchObject([{ id: '1s3', state: 'active' }]);
    expect(rancher.asked[0]?.query.get('healthState')).toBe('started-once');
    rancher.on('GET containers/1i4', () => ({ id: '1i4', type: 'container', state: 'stopped', startCount: 1, labels: null }));
    await expect(containers().get('1i4')).resolves.toMatchObject({ state: 'stopped', startCount: 1 });
  });

  it('12: links point where the last proxy says: no request ever follows one', async () => {
    const ids = [1, 2, 3, 4, 5, 6];
    pagesOf(ids, 4);
    const links = { self: 'https://fwd.example/v2-beta/projects/1a5/services/1s1', instances: 'https://fwd.example/x' };
    rancher.on('GET services/1s1', () => service('1s1', { links }));
    await expect(services().list()).resolves.toHaveLength(6);
    await services().get('1s1');
    const host = new URL(rancher.url).host;
    expect(rancher.asked.length).toBeGreaterThan(2);
    expect(new Set(rancher.asked.map(({ headers }) => headers.host))).toEqual(new Set([host]));
  });

  it('13: subscriptions name project and event; pings are no events, silence is a gap, and what comes is the whole object', async () => {
    const stop = new AbortController();
    const frame = (body: object): string => JSON.stringify({ resourceId: null, resourceType: null, data: {}, ...body });
    let count = 0;
    rancher.onSubscriber = (socket) => {
      socket.send(frame({ name: 'ping' }));
      if (++count < 2) return;
      const resource = service('1s3', { launchConfig: { imageUuid: 'docker:a' } });
      socket.send(frame({ name: 'resource.change', resourceType: 'service', resourceId: '1s3', data: { resource } }));
    };
    const events: SubscribeEvent[] = [];
    for await (const event of client.project('1a5').subscribe({ signal: stop.signal, pingTimeoutMs: 100 })) {
      events.push(event);
      if (event.type === 'change') stop.abort();
    }
    expect(events.map(({ type }) => type)).toEqual(['connected', 'gap', 'change']);
    expect(events.at(-1)).toMatchObject({ resource: { name: 's-1s3', launchConfig: { imageUuid: 'docker:a' } } });
    expect(new Set(rancher.subscriptions)).toEqual(new Set(['/v2-beta/projects/1a5/subscribe?eventNames=resource.change']));
  });

  it('14: logs and execute give an address and a token; a proxy that is off is told at once and not asked again', async () => {
    const access = { type: 'hostAccess', url: 'ws://fwd.example/v1/logs/', token: 'a.b.c' };
    rancher.on('POST containers/1i4', () => access);
    await expect(containers().access('1i4', 'logs', { follow: true })).resolves.toEqual({ url: access.url, token: access.token });
    rancher.on('POST containers/1i4', () => refused(501, 'HostApiProxyDisabled'));
    await expect(containers().access('1i4', 'execute', { command: ['sh'] })).rejects.toMatchObject({
      status: 501,
      code: 'HostApiProxyDisabled',
      message: expect.stringContaining('host proxy is off'),
    });
    expect(rancher.asked).toHaveLength(2);
  });
});
