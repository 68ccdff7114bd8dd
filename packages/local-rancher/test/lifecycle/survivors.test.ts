import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { afterReboot } from '../../src/lifecycle/transitions.js';
import type { ContainerRecord } from '../../src/model/records.js';
import { FakeRuntime } from '../support/fake-runtime.js';
import { Harness, START_ONCE } from '../support/harness.js';

let rancher: Harness;
beforeEach(async () => {
  rancher = await Harness.start();
});
afterEach(async () => rancher.end());

const uuidOf = async (id = '1i1'): Promise<string> => String((await rancher.get(`containers/${id}`)).body.uuid);

/** The next start, over a runtime that finds these containers running. */
const bootWith = async (survivors: Record<string, string>): Promise<FakeRuntime> => {
  await rancher.halt();
  const runtime = new FakeRuntime();
  for (const [uuid, address] of Object.entries(survivors)) runtime.survivors.set(uuid, { address });
  await rancher.boot({ runtime });
  rancher.runtime = runtime;
  return runtime;
};

describe('what ran on while nobody looked', () => {
  it('is running as before, at the address that it has now, and is not started again', async () => {
    const id = await rancher.service('on', {}, START_ONCE);
    await rancher.untilState(`services/${id}`, 'active');
    const runtime = await bootWith({ [await uuidOf()]: '172.30.0.9' });
    expect((await rancher.get('containers/1i1')).body).toMatchObject({ state: 'running', startCount: 1, primaryIpAddress: '172.30.0.9' });
    expect(runtime.started).toEqual([]);
    expect([...runtime.known]).toEqual([await uuidOf()]);
  });

  it('is heard of when it ends', async () => {
    const id = await rancher.service('ends', {}, START_ONCE);
    await rancher.untilState(`services/${id}`, 'active');
    const uuid = await uuidOf();
    const runtime = await bootWith({ [uuid]: '172.30.0.9' });
    runtime.survivors.clear();
    runtime.exit(uuid);
    await rancher.until(`services/${id}`, (body) => body.healthState === 'started-once');
  });

  const record = (change: Partial<ContainerRecord>) =>
    ({ uuid: 'u', state: 'running', wanted: 'running', address: 'old', ...change }) as ContainerRecord;
  const after = (change: Partial<ContainerRecord>) => afterReboot([record(change)], () => true, new Map([['u', { address: 'new' }]]));

  it('is stopped where it should not run', () => {
    expect(after({ state: 'stopped', wanted: 'stopped' })).toMatchObject([{ state: 'stopping', address: 'new' }]);
    expect(after({ state: 'removing', wanted: 'removed' })).toMatchObject([{ state: 'stopping' }]);
    expect(after({ state: 'stopping', wanted: 'stopped' })).toMatchObject([{ state: 'stopping' }]);
  });

  it('is left to the start that is under way', () => {
    expect(after({ state: 'starting' })).toMatchObject([{ state: 'starting', wanted: 'running' }]);
  });

  it('is nothing of a container that is gone', () => {
    expect(after({ state: 'removed', wanted: 'removed' })).toEqual([]);
  });
});

describe("the image's own check of health", () => {
  it("is the container's healthState, and the service's", async () => {
    const id = await rancher.service('checked');
    await rancher.untilState(`services/${id}`, 'active');
    const uuid = await uuidOf();
    for (const health of ['initializing', 'unhealthy', 'healthy'] as const) {
      rancher.runtime.tellHealth(uuid, health);
      expect((await rancher.get('containers/1i1')).body.healthState).toBe(health);
      await rancher.until(`services/${id}`, (body) => body.healthState === health);
    }
    await rancher.post('containers/1i1?action=stop');
    await rancher.until('containers/1i1', (body) => body.healthState === null);
  });
});

describe('the preparation of a start', () => {
  it('is what Rancher says of the container until it runs', async () => {
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const runtime = new FakeRuntime();
    const start = runtime.start.bind(runtime);
    runtime.start = async (spec) => {
      await begun;
      return start(spec);
    };
    await rancher.halt();
    await rancher.boot({ runtime });
    await rancher.service('pulled');
    await rancher.untilState('containers/1i1', 'starting');
    runtime.tellProgress(await uuidOf(), 'Pulling acme/web:1: 40 %');
    expect((await rancher.get('containers/1i1')).body).toMatchObject({
      transitioning: 'yes',
      transitioningMessage: 'Pulling acme/web:1: 40 %',
    });
    begin();
    await rancher.until('containers/1i1', (body) => body.state === 'running' && body.transitioningMessage === null);
  });
});
