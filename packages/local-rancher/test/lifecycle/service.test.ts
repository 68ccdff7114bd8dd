import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ImageNotFoundError } from '../../src/runtime/runtime.js';
import { Harness, START_ONCE, waitFor } from '../support/harness.js';

let rancher: Harness;
beforeEach(async () => {
  rancher = await Harness.start();
});
afterEach(async () => rancher.end());

describe('a service', () => {
  it('goes from registering to active with a running container', async () => {
    const stackId = await rancher.stack('nar');
    const created = await rancher.post('services', {
      name: 'alice',
      stackId,
      startOnCreate: true,
      launchConfig: {
        imageUuid: 'docker:kbase/narrative:1.0',
        ports: ['8888/tcp'],
        labels: { session_id: 'abc' },
        environment: { A: '1' },
        memory: 1000,
      },
    });
    expect(created).toMatchObject({
      status: 201,
      body: { id: '1s1', state: 'registering', healthState: 'healthy', transitioning: 'yes', transitioningMessage: 'In Progress' },
    });
    const service = await rancher.untilState('services/1s1', 'active');
    expect(service).toMatchObject({ currentScale: 1, instanceIds: ['1i1'], healthState: 'healthy', transitioning: 'no', createIndex: 1 });
    expect((service.launchConfig as { ports: string[] }).ports[0]).toMatch(/^\d{5}:8888\/tcp$/);
    const [container] = await rancher.containersOf('1s1');
    expect(container).toMatchObject({
      id: '1i1',
      name: 'nar-alice-1',
      state: 'running',
      primaryIpAddress: '127.64.0.1',
      serviceIds: ['1s1'],
      startCount: 1,
    });
    expect(container?.labels).toMatchObject({
      session_id: 'abc',
      'io.rancher.stack.name': 'nar',
      'io.rancher.stack_service.name': 'nar/alice',
    });
    expect(rancher.runtime.started[0]).toMatchObject({
      image: 'kbase/narrative:1.0',
      env: { A: '1' },
      ports: [8888],
      memory: 1000,
      name: 'nar-alice-1',
    });
  });

  it('stays inactive without startOnCreate, until it is activated', async () => {
    const id = await rancher.service('still', { startOnCreate: false });
    await rancher.until(`services/${id}`, (body) => body.state === 'inactive' && body.healthState === 'unhealthy');
    expect(await rancher.containersOf(id)).toEqual([]);
    expect((await rancher.post(`services/${id}?action=activate`)).status).toBe(202);
    await rancher.untilState(`services/${id}`, 'active');
    expect(rancher.runtime.running.size).toBe(1);
  });

  it('is deactivated and activated with the same container', async () => {
    const id = await rancher.service('one');
    await rancher.untilState(`services/${id}`, 'active');
    expect((await rancher.post(`services/${id}?action=deactivate`)).body.state).toBe('deactivating');
    await rancher.until(`services/${id}`, (body) => body.state === 'inactive' && body.healthState === 'unhealthy');
    expect((await rancher.containersOf(id))[0]).toMatchObject({ id: '1i1', state: 'stopped', primaryIpAddress: '127.64.0.1' });
    await rancher.post(`services/${id}?action=activate`);
    await rancher.untilState(`services/${id}`, 'active');
    expect((await rancher.containersOf(id))[0]).toMatchObject({ id: '1i1', state: 'running', startCount: 2 });
  });

  it('restarts its container', async () => {
    const id = await rancher.service('one');
    await rancher.untilState(`services/${id}`, 'active');
    const answer = await rancher.post(`services/${id}?action=restart`, { rollingRestartStrategy: { batchSize: 1 } });
    expect(answer).toMatchObject({ status: 202, body: { state: 'restarting' } });
    await rancher.untilState(`services/${id}`, 'active');
    expect((await rancher.containersOf(id))[0]).toMatchObject({ id: '1i1', startCount: 2 });
  });

  it('is removed with its container, stays readable and leaves the lists', async () => {
    const id = await rancher.service('gone');
    await rancher.untilState(`services/${id}`, 'active');
    expect(await rancher.call('DELETE', `services/${id}`)).toMatchObject({ status: 200, body: { state: 'removing' } });
    const removed = await rancher.untilState(`services/${id}`, 'removed');
    expect(removed.removed).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect((await rancher.get('containers/1i1')).body).toMatchObject({ state: 'removed', serviceIds: null });
    expect((await rancher.get('services?state=removed')).body.data).toEqual([]);
    expect(rancher.runtime.running.size).toBe(0);
    expect(rancher.runtime.removed).toHaveLength(1);
  });

  it('can be removed the moment that it was created', async () => {
    const id = await rancher.service('early');
    await rancher.call('DELETE', `services/${id}`);
    await rancher.untilState(`services/${id}`, 'removed');
    expect(rancher.runtime.running.size).toBe(0);
  });

  it('keeps its container and the container its name when it is renamed', async () => {
    const id = await rancher.service('before');
    await rancher.untilState(`services/${id}`, 'active');
    const put = await rancher.call('PUT', `services/${id}`, {
      name: 'after',
      description: 'd',
      metadata: { k: 'v' },
      launchConfig: { imageUuid: 'docker:x' },
    });
    expect(put).toMatchObject({ status: 200, body: { state: 'updating-active', name: 'after', description: 'd', metadata: { k: 'v' } } });
    const service = await rancher.untilState(`services/${id}`, 'active');
    expect(service.launchConfig).toMatchObject({ imageUuid: 'docker:kbase/narrative:1.0' });
    expect((await rancher.containersOf(id))[0]).toMatchObject({ id: '1i1', name: 'stack-before-1', startCount: 1 });
  });

  it('stays active when only its description changes', async () => {
    const id = await rancher.service('same');
    await rancher.untilState(`services/${id}`, 'active');
    expect((await rancher.call('PUT', `services/${id}`, { description: 'hello', state: 'removed' })).body).toMatchObject({
      state: 'active',
      description: 'hello',
    });
  });

  it('is scaled up and down', async () => {
    // Without ports: a public port belongs to one container of a host.
    const id = await rancher.service('many', { scale: 3 }, { ports: [] });
    await rancher.until(`services/${id}`, (body) => body.state === 'active' && body.currentScale === 3);
    expect((await rancher.containersOf(id)).map((container) => container.name)).toEqual(['stack-many-1', 'stack-many-2', 'stack-many-3']);
    await rancher.call('PUT', `services/${id}`, { scale: 1 });
    await rancher.until(`services/${id}`, (body) => body.state === 'active' && body.currentScale === 1);
    await waitFor(() => (rancher.runtime.running.size === 1 ? true : undefined));
    await rancher.call('PUT', `services/${id}`, { scale: 0 });
    await rancher.until(`services/${id}`, (body) => body.state === 'active' && body.currentScale === 0 && body.healthState === 'healthy');
    expect(await rancher.containersOf(id)).toEqual([]);
  });

  it('starts a container again that ended', async () => {
    const id = await rancher.service('phoenix');
    await rancher.untilState(`services/${id}`, 'active');
    rancher.runtime.exit(String((await rancher.containersOf(id))[0]?.uuid));
    await rancher.until('containers/1i1', (body) => body.state === 'running' && body.startCount === 2);
  });

  it('makes a new container for one that was deleted', async () => {
    const id = await rancher.service('again');
    await rancher.untilState(`services/${id}`, 'active');
    expect((await rancher.call('DELETE', 'containers/1i1')).body.state).toBe('stopping');
    await rancher.until(`services/${id}`, (body) => body.state === 'active' && JSON.stringify(body.instanceIds) === '["1i2"]');
    expect((await rancher.get('containers/1i2')).body).toMatchObject({ name: 'stack-again-1', createIndex: 2, state: 'running' });
  });

  it('stays activating with the reason while its image is unknown, and tries again with new containers', async () => {
    rancher.runtime.broken.set('no/such', new ImageNotFoundError('no/such: not found'));
    const id = await rancher.service('bad', {}, { imageUuid: 'docker:no/such' });
    const failing = await rancher.until(`services/${id}`, (body) => body.transitioning === 'error');
    expect(failing).toMatchObject({
      state: 'activating',
      transitioningMessage:
        'Failed to allocate instance [container:1i1]: Bad instance [container:1i1] in state [error]: no/such: not found',
    });
    rancher.runtime.broken.clear();
    const healed = await rancher.untilState(`services/${id}`, 'active');
    expect(healed).toMatchObject({ transitioning: 'no', instanceIds: ['1i2'] });
  });

  it('fails where its public port belongs to another container', async () => {
    const first = await rancher.service('first', {}, { ports: ['9999:80/tcp'] });
    await rancher.untilState(`services/${first}`, 'active');
    const second = await rancher.service('second', {}, { ports: ['9999:80/tcp'] });
    const failing = await rancher.until(`services/${second}`, (body) => body.transitioning === 'error');
    expect(failing.transitioningMessage).toContain('Allocation failed: host needs ports 9999/tcp available');
  });

  it('creates 50 at once, each with its own container', async () => {
    const stackId = await rancher.stack();
    await Promise.all(Array.from({ length: 50 }, (_, i) => rancher.service(`s${i}`, { stackId })));
    await rancher.until('services?state=active', (body) => body.data.length === 50);
    expect(new Set(rancher.runtime.started.map((spec) => spec.uuid)).size).toBe(50);
  });
});

describe('a container that is to be started once', () => {
  it('stays stopped when it ends, and the service says so', async () => {
    const id = await rancher.service('once', {}, START_ONCE);
    await rancher.untilState(`services/${id}`, 'active');
    rancher.runtime.exit(String((await rancher.containersOf(id))[0]?.uuid));
    await rancher.until(`services/${id}`, (body) => body.healthState === 'started-once' && body.state === 'active');
    expect((await rancher.get('service?healthState=started-once')).body.data.map((service) => service.id)).toEqual([id]);
    expect((await rancher.containersOf(id))[0]).toMatchObject({ state: 'stopped', startCount: 1 });
  });

  it('runs again when somebody starts it', async () => {
    const id = await rancher.service('once', {}, START_ONCE);
    await rancher.untilState(`services/${id}`, 'active');
    await rancher.post('containers/1i1?action=stop');
    await rancher.until(`services/${id}`, (body) => body.healthState === 'started-once');
    expect(await rancher.post('containers/1i1?action=start')).toMatchObject({ status: 202, body: { state: 'starting' } });
    await rancher.until(`services/${id}`, (body) => body.healthState === 'healthy' && body.state === 'active');
    expect((await rancher.get('containers/1i1')).body).toMatchObject({ state: 'running', startCount: 2 });
  });
});

describe('a container', () => {
  it('is started again by its service when it is stopped, and restarted on demand', async () => {
    const id = await rancher.service('one');
    await rancher.untilState(`services/${id}`, 'active');
    expect((await rancher.post('containers/1i1?action=stop')).body.state).toBe('stopping');
    await rancher.until('containers/1i1', (body) => body.state === 'running' && body.startCount === 2);
    expect((await rancher.post('containers/1i1?action=restart')).body.state).toBe('restarting');
    await rancher.until('instances/1i1', (body) => body.state === 'running' && body.startCount === 3);
  });
});

describe('a stack', () => {
  it('takes its services along when it is removed', async () => {
    const stackId = await rancher.stack();
    const id = await rancher.service('inside', { stackId });
    await rancher.untilState(`services/${id}`, 'active');
    expect((await rancher.get(`stacks/${stackId}`)).body).toMatchObject({ state: 'active', serviceIds: [id], healthState: 'healthy' });
    expect((await rancher.call('DELETE', `stacks/${stackId}`)).body.state).toBe('removing');
    await rancher.untilState(`stacks/${stackId}`, 'removed');
    expect((await rancher.get(`services/${id}`)).body.state).toBe('removed');
    expect(rancher.runtime.running.size).toBe(0);
  });
});
