import { afterEach, describe, expect, it } from '@jest/globals';
import { type Pace, paceNamed } from '../../src/pace.js';
import { createSimulatedRuntime } from '../../src/runtime/index.js';
import { Harness, type Json, START_ONCE, serviceBody, waitFor } from '../support/harness.js';
import { findFrame, Subscriber } from '../support/subscriber.js';

// The 14 surprises of the recordings' README, by their numbers. The client's side is packages/rancher-client/test/surprises.test.ts.

let rancher: Harness;
let subscriber: Subscriber;
const begin = async (options: Parameters<typeof Harness.start>[0] = {}): Promise<void> => {
  rancher = await Harness.start(options);
  subscriber = new Subscriber(rancher);
};
afterEach(async () => {
  subscriber.close();
  await rancher.end();
});

/** A service that is active. */
const active = async (name: string, launchConfig: Json = {}): Promise<string> => {
  const id = await rancher.service(name, {}, launchConfig);
  await rancher.untilState(`services/${id}`, 'active');
  return id;
};

const createAll = (names: readonly string[], stackId: string) =>
  Promise.all(names.map((name) => rancher.post('services', { ...serviceBody(name, stackId), startOnCreate: false })));

/** Fast, but for the registration, which waits until it is let go on; DELETEs until then are lost. */
const held = (): { pace: Pace; letGo: () => void } => {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const wait: Pace['wait'] = (step) => (step === 'register' ? gate : Promise.resolve());
  return { pace: { ...paceNamed('fast'), wait, losesDeletesWithinMs: 60_000 }, letGo };
};

describe('surprise', () => {
  it('1: names are not unique under concurrency; one after the other they are, whatever their case, per stack', async () => {
    await begin({ pace: 'recorded' });
    const stackId = await rancher.stack();
    const statuses = (await createAll(Array(10).fill('twin'), stackId)).map(({ status }) => status);
    const created = statuses.filter((status) => status === 201).length;
    expect(created).toBeGreaterThan(1);
    expect(created).toBeLessThan(10);
    expect((await createAll(['TWIN'], stackId))[0]?.body.code).toBe('NotUnique');
    expect((await createAll(['twin'], await rancher.stack('other')))[0]?.status).toBe(201);
  });

  it('2: a DELETE straight after the POST can be lost: 200 removing, then active again', async () => {
    const { pace, letGo } = held();
    await begin({ pace });
    const id = await rancher.service('one');
    expect(await rancher.call('DELETE', `services/${id}`)).toMatchObject({ status: 200, body: { state: 'removing' } });
    letGo();
    await rancher.untilState(`services/${id}`, 'active');
    await rancher.call('DELETE', `services/${id}`);
    await rancher.untilState(`services/${id}`, 'removed');
  });

  it('3: a launchConfig in a PUT is silently ignored; an upgrade takes it', async () => {
    await begin();
    const id = await active('kept');
    const launchConfig = { imageUuid: 'docker:other' };
    expect(await rancher.call('PUT', `services/${id}`, { launchConfig })).toMatchObject({
      status: 200,
      body: { state: 'active', launchConfig: { imageUuid: 'docker:kbase/narrative:1.0' } },
    });
    await rancher.post(`services/${id}?action=upgrade`, { inServiceStrategy: { launchConfig } });
    const upgraded = await rancher.untilState(`services/${id}`, 'upgraded');
    expect(upgraded.launchConfig).toMatchObject(launchConfig);
    expect(upgraded.launchConfig).not.toHaveProperty('ports');
  });

  it('4: a rename keeps the container with its old name and labels; a description alone changes no state; metadata comes along and back in lists', async () => {
    await begin({ pace: 'recorded' });
    const id = await active('before');
    const [before] = await rancher.containersOf(id);
    expect((await rancher.call('PUT', `services/${id}`, { description: 'd' })).body.state).toBe('active');
    const put = await rancher.call('PUT', `services/${id}`, { name: 'after', description: 'e', metadata: { owner: 'o' } });
    expect(put.body.state).toBe('updating-active');
    await rancher.untilState(`services/${id}`, 'active');
    const listed = (await rancher.get('services?name=after')).body.data;
    expect(listed).toMatchObject([{ description: 'e', metadata: { owner: 'o' } }]);
    const [after] = await rancher.containersOf(id);
    expect(after).toMatchObject({ id: before?.id, name: 'stack-before-1', startCount: 1 });
    expect(after?.labels).toMatchObject({ 'io.rancher.stack_service.name': 'stack/before' });
  });

  it('5: a port without a public one gets a random one, and restartPolicy is dropped', async () => {
    await begin();
    const id = await active('ported', { ports: ['8888/tcp'], restartPolicy: { name: 'always' } });
    const { launchConfig } = (await rancher.get(`services/${id}`)).body;
    expect(launchConfig).toMatchObject({ ports: [expect.stringMatching(/^\d{5}:8888\/tcp$/)] });
    expect(launchConfig).not.toHaveProperty('restartPolicy');
  });

  it('6: lists have 100 by default and 3000 at most, and the marker is an offset: what changes between pages is skipped', async () => {
    await begin();
    const stackId = await rancher.stack();
    await createAll(['a', 'b', 'c', 'd'], stackId);
    const limit = async (parameters: string) => (await rancher.get(`services?${parameters}`)).body.pagination;
    expect(await limit('')).toMatchObject({ limit: 100 });
    for (const parameters of ['limit=0', 'limit=-1', 'limit=3001']) expect(await limit(parameters)).toMatchObject({ limit: 3000 });
    const first = (await rancher.get('services?sort=name&limit=2')).body;
    expect(first.pagination).toMatchObject({ partial: true, next: `${rancher.project}/services?sort=name&limit=2&marker=m2` });
    await rancher.call('DELETE', `services/${String(first.data[0]?.id)}`);
    await rancher.untilState(`services/${String(first.data[0]?.id)}`, 'removed');
    const second = (await rancher.get('services?sort=name&limit=2&marker=m2')).body.data;
    expect([...first.data, ...second].map(({ name }) => name)).toEqual(['a', 'b', 'd']);
  });

  it('7: lists below a link ignore limit and filters', async () => {
    await begin();
    const stackId = await rancher.stack();
    await createAll(['a', 'b'], stackId);
    const { data, pagination } = (await rancher.get(`stacks/${stackId}/services?limit=1&name=a`)).body;
    expect(data).toHaveLength(2);
    expect(pagination).toMatchObject({ limit: 1, next: null, partial: false });
    await active('c');
    expect((await rancher.get('services/1s3/serviceLogs?limit=1')).body.data.length).toBeGreaterThan(1);
  });

  it('8: unknown filters return everything, repeated ones must all hold, id wants the bare number, and bad dates are 500', async () => {
    await begin();
    await createAll(['a', 'b', 'c'], await rancher.stack());
    const names = async (parameters: string) => (await rancher.get(`services?${parameters}`)).body.data.map(({ name }) => name);
    expect(await names('bogus=1')).toEqual(['a', 'b', 'c']);
    expect(await names('name=a&name=b')).toEqual([]);
    expect(await names('id=1s3')).toEqual([]);
    expect(await names('id=3')).toEqual(['c']);
    expect((await rancher.get('services?created_gt=2020')).status).toBe(500);
  });

  it('9: the letters of an id are not checked', async () => {
    await begin();
    await createAll(['a'], await rancher.stack());
    expect((await rancher.get('services/1st1')).body).toMatchObject({ id: '1s1', type: 'service' });
  });

  it('10: other names of collections, form-encoded PUTs, and DELETE of the remove action; action links have a slash', async () => {
    await begin();
    const id = await active('a');
    for (const name of ['service', 'Services']) expect((await rancher.get(`${name}/${id}`)).body.id).toBe(id);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await rancher.call('PUT', `services/${id}`, 'description=x+y', form)).body.description).toBe('x y');
    const { actions } = (await rancher.get(`services/${id}`)).body;
    const { remove = '' } = actions as Record<string, string>;
    expect(remove).toBe(`${rancher.project}/services/${id}/?action=remove`);
    expect((await rancher.call('DELETE', remove)).status).toBe(200);
    await rancher.untilState(`services/${id}`, 'removed');
  });

  it('11: a stopped container is restarted, unless it is to be started once; a deleted one is made again', async () => {
    await begin({ runtime: createSimulatedRuntime() });
    const often = await active('often');
    await rancher.post('containers/1i1?action=stop');
    await rancher.until('containers/1i1', ({ state, startCount }) => state === 'running' && startCount === 2);
    await rancher.call('DELETE', 'containers/1i1');
    await rancher.until(`services/${often}/instances`, ({ data }) => data.some(({ id, state }) => id !== '1i1' && state === 'running'));

    const once = await active('once', START_ONCE);
    const [container] = await rancher.containersOf(once);
    await rancher.post(`containers/${String(container?.id)}?action=stop`);
    await rancher.until(`services/${once}`, (body) => body.state === 'active' && body.healthState === 'started-once');
    expect((await rancher.get('services?healthState=started-once')).body.data.map(({ id }) => id)).toEqual([once]);
  });

  it('12: X-Forwarded-Proto and -Host shape the links in every answer', async () => {
    await begin();
    await rancher.stack();
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'fwd.example' };
    const { body } = await rancher.call('GET', 'stacks', undefined, headers);
    expect(body.links).toEqual({ self: 'https://fwd.example/v2-beta/projects/1a5/stacks' });
    expect(body.data[0]?.links).toMatchObject({ self: 'https://fwd.example/v2-beta/projects/1a5/stacks/1st1' });
  });

  it('13: subscribers get batches of about a second, so that short states never show', async () => {
    await begin({ pace: 'recorded' });
    const frames = await subscriber.frames('projects/1a5/subscribe?eventNames=resource.change');
    const id = await rancher.service('slow');
    const last = await waitFor(() => findFrame(frames, 'service', 'active'));
    expect(last).toMatchObject({ resourceId: id, data: { resource: { name: 'slow', instanceIds: ['1i1'] } } });
    expect(frames.filter((frame) => frame.resourceId === id).length).toBeLessThanOrEqual(2);
    expect(new Set(frames.map((frame) => Math.round(frame.time / 100))).size).toBeLessThanOrEqual(3);
  });

  it('13: no or bogus eventNames get pings only, every five seconds', async () => {
    await begin();
    const all = await Promise.all(['?eventNames=bogus.event', ''].map((query) => subscriber.frames(`projects/1a5/subscribe${query}`)));
    await rancher.stack();
    for (const frames of all) {
      const ping = await waitFor(() => frames[0]);
      expect(ping).toMatchObject({ name: 'ping', resourceId: null, resourceType: null, data: { options: {}, resources: [] } });
      expect(frames).toHaveLength(1);
    }
  });

  it("13: without a project it is 404, unless projectId is given or the key is an environment's", async () => {
    await begin();
    await expect(subscriber.frames('subscribe?eventNames=resource.change')).rejects.toThrow('404');
    const { body: key } = await rancher.post(`${rancher.rancher.url}/apikeys`, { accountId: '1a5' });
    await rancher.untilState(`${rancher.rancher.url}/apikeys/${String(key.id)}`, 'active');
    const authorization = `Basic ${Buffer.from(`${String(key.publicValue)}:${String(key.secretValue)}`).toString('base64')}`;
    const both = await Promise.all([
      subscriber.frames('subscribe?eventNames=resource.change&projectId=1a5'),
      subscriber.frames('subscribe?eventNames=resource.change', { authorization }),
    ]);
    await rancher.stack();
    for (const frames of both) {
      const frame = await waitFor(() => findFrame(frames, 'stack', 'active'));
      expect(frame.data.resource?.links).toMatchObject({ self: `${rancher.rancher.url}/stacks/1st1` });
    }
  });

  it('14: logs and execute answer an address and a token good for five minutes, the proxy 16 hours', async () => {
    await begin();
    await active('one');
    for (const [action, seconds] of [
      ['logs', 300],
      ['execute', 300],
      ['proxy', 16 * 3600],
    ] as const) {
      const { status, body } = await rancher.post(`containers/1i1?action=${action}`, { command: ['sh'] });
      expect([status, body.type, body.url]).toEqual([200, 'hostAccess', expect.stringMatching(/^(?:ws|http):\/\/127\.0\.0\.1:\d+\/v1\//)]);
      const claims = Buffer.from(String(body.token).split('.')[1] ?? '', 'base64url').toString();
      expect(Math.abs((JSON.parse(claims) as { exp: number }).exp - Date.now() / 1000 - seconds)).toBeLessThan(30);
    }
  });

  it('14: with the proxy off they are 501', async () => {
    await begin({ hostProxy: false });
    await active('quiet');
    for (const action of ['logs', 'execute', 'proxy']) {
      const answer = await rancher.post(`containers/1i1?action=${action}`, { command: ['sh'] });
      expect(answer).toMatchObject({ status: 501, body: { code: 'HostApiProxyDisabled' } });
    }
    expect((await rancher.get('hosts/1h1/hoststats')).status).toBe(501);
    expect((await rancher.get('services/1s1/containerstats')).body).toMatchObject({ type: 'statsAccess', url: null });
  });
});
