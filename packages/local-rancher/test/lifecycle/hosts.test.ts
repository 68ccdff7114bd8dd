import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSimulatedRuntime } from '../../src/runtime/index.js';
import { Harness, waitFor } from '../support/harness.js';

let rancher: Harness;
afterEach(async () => rancher.end());

describe('hosts', () => {
  beforeEach(async () => {
    rancher = await Harness.start({ hosts: 2, runtime: createSimulatedRuntime() });
  });

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
