import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSimulatedRuntime } from '../../src/runtime/index.js';
import { Harness, START_ONCE, serviceBody, waitFor } from '../support/harness.js';

let rancher: Harness;
const begin = async (options: Parameters<typeof Harness.start>[0] = {}): Promise<void> => {
  rancher = await Harness.start(options);
};
afterEach(async () => rancher.end());

describe('surprises of the recordings', () => {
  it('1: of creations of one name at once several succeed, one after the other only one', async () => {
    await begin({ pace: 'recorded' });
    const stackId = await rancher.stack();
    const create = () => rancher.post('services', { ...serviceBody('twin', stackId), startOnCreate: false });
    const answers = await Promise.all(Array.from({ length: 10 }, create));
    const created = answers.filter(({ status }) => status === 201).length;
    expect(created).toBeGreaterThan(1);
    expect(created).toBeLessThan(10);
    expect((await create()).body.code).toBe('NotUnique');
  });

  it('3: a launchConfig in a PUT is not taken', async () => {
    await begin();
    const id = await rancher.service('kept');
    await rancher.untilState(`services/${id}`, 'active');
    expect(await rancher.call('PUT', `services/${id}`, { launchConfig: { imageUuid: 'docker:other' } })).toMatchObject({
      status: 200,
      body: { state: 'active', launchConfig: { imageUuid: 'docker:kbase/narrative:1.0' } },
    });
  });

  it('4: one PUT changes name, description and metadata, and keeps the container', async () => {
    await begin();
    const id = await rancher.service('before');
    await rancher.untilState(`services/${id}`, 'active');
    const [before] = await rancher.containersOf(id);
    await rancher.call('PUT', `services/${id}`, { name: 'after', description: 'd', metadata: { owner: 'o' } });
    await rancher.untilState(`services/${id}`, 'active');
    expect((await rancher.get('services?name=after')).body.data).toMatchObject([{ description: 'd', metadata: { owner: 'o' } }]);
    expect((await rancher.containersOf(id))[0]).toMatchObject({ id: before?.id, name: 'stack-before-1', startCount: 1 });
  });

  it('11: what is to be started once is found as such when it was stopped', async () => {
    await begin({ runtime: createSimulatedRuntime() });
    const id = await rancher.service('once', {}, START_ONCE);
    await rancher.untilState(`services/${id}`, 'active');
    await rancher.post('containers/1i1?action=stop');
    await rancher.until(`services/${id}`, (body) => body.state === 'active' && body.healthState === 'started-once');
    expect((await rancher.get('service?healthState=started-once')).body.data.map((service) => service.id)).toEqual([id]);
  });

  it('12: forwarded headers shape every link', async () => {
    await begin();
    await rancher.stack();
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'fwd.example' };
    const { body } = await rancher.call('GET', 'stacks', undefined, headers);
    expect(body.links).toEqual({ self: 'https://fwd.example/v2-beta/projects/1a5/stacks' });
    expect(body.data[0]?.links).toMatchObject({ self: 'https://fwd.example/v2-beta/projects/1a5/stacks/1st1' });
  });

  it('14: logs are 501 while the proxy is off', async () => {
    await begin({ hostProxy: false });
    await rancher.service('quiet');
    await rancher.untilState('containers/1i1', 'running');
    expect(await rancher.post('containers/1i1?action=logs')).toMatchObject({ status: 501, body: { code: 'HostApiProxyDisabled' } });
    expect((await rancher.get('hosts/1h1/hoststats')).status).toBe(501);
    expect((await rancher.get('services/1s1/containerstats')).body).toMatchObject({ type: 'statsAccess', url: null });
  });
});

describe('hosts', () => {
  beforeEach(async () => begin({ hosts: 2, runtime: createSimulatedRuntime() }));

  const deactivate = async (id: string): Promise<void> => {
    expect((await rancher.post(`hosts/${id}?action=deactivate`)).status).toBe(202);
    await rancher.untilState(`hosts/${id}`, 'inactive');
  };

  it('that are all inactive leave a service active without containers, until one is back (04-45)', async () => {
    await deactivate('1h1');
    await deactivate('1h2');
    const id = await rancher.service('nowhere');
    await rancher.until(`services/${id}`, (body) => body.state === 'active' && body.currentScale === 0 && body.healthState === 'unhealthy');
    await rancher.post('hosts/1h2?action=activate');
    await rancher.until(`services/${id}`, (body) => body.state === 'active' && body.currentScale === 1 && body.healthState === 'healthy');
    expect((await rancher.containersOf(id))[0]).toMatchObject({ hostId: '1h2' });
  });

  it('take new containers again when their agent is back', async () => {
    rancher.rancher.setHostConnected('1h1', false);
    rancher.rancher.setHostConnected('1h2', false);
    const id = await rancher.service('unreachable');
    await rancher.until(`services/${id}`, (body) => body.state === 'active' && body.currentScale === 0);
    expect((await rancher.get('hosts/1h1')).body).toMatchObject({ state: 'active', agentState: 'disconnected' });
    rancher.rancher.setHostConnected('1h1', true);
    await rancher.until(`services/${id}`, (body) => body.currentScale === 1);
  });

  it('that are deleted take their containers along, and services go elsewhere', async () => {
    const id = await rancher.service('moving');
    await rancher.untilState(`services/${id}`, 'active');
    const [before] = await rancher.containersOf(id);
    await rancher.call('DELETE', `hosts/${String(before?.hostId)}`);
    const moved = await waitFor(async () =>
      (await rancher.containersOf(id)).find(({ state, hostId }) => state === 'running' && hostId !== before?.hostId),
    );
    expect(moved.id).not.toBe(before?.id);
    expect((await rancher.get('hosts')).body.data).toHaveLength(1);
  });

  it('have a public port once each (03-05e)', async () => {
    const id = await rancher.service('wide', { scale: 3 }, { ports: ['9999:8888/tcp'] });
    const service = await rancher.until(`services/${id}`, (body) => body.transitioning === 'error');
    expect(service.transitioningMessage).toMatch(/Allocation failed: host needs ports 9999\/tcp available$/);
  });
});

describe('links (04-20 to 04-25)', () => {
  it('are set, added and taken away', async () => {
    await begin();
    const from = await rancher.service('from');
    const to = await rancher.service('to');
    const act = (action: string, body: unknown) => rancher.post(`services/${from}?action=${action}`, body);
    const links = async () => (await rancher.get(`services/${from}`)).body.linkedServices;
    expect((await act('setservicelinks', { serviceLinks: [{ serviceId: to, name: 'a' }] })).status).toBe(200);
    await act('addservicelink', { serviceLink: { serviceId: to, name: 'b' } });
    expect(await links()).toEqual({ a: to, b: to });
    expect((await rancher.get(`services/${to}/consumedbyservices`)).body.data.map(({ id }) => id)).toEqual([from]);
    await act('removeservicelink', { serviceLink: { serviceId: to, name: 'a' } });
    expect(await links()).toEqual({ b: to });
    expect(await act('setservicelinks', { serviceLinks: [{ serviceId: '1s99999' }] })).toMatchObject({
      status: 422,
      body: { code: 'InvalidReference' },
    });
    await act('setservicelinks', undefined);
    expect(await links()).toBeNull();
  });
});
