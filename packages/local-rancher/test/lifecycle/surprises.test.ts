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
