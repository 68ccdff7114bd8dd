import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Harness, waitFor } from '../support/harness.js';
import { findFrame, Subscriber } from '../support/subscriber.js';

let rancher: Harness;
let subscriber: Subscriber;
beforeEach(async () => {
  rancher = await Harness.start();
  subscriber = new Subscriber(rancher);
});
afterEach(async () => {
  subscriber.close();
  await rancher.end();
});

// What surprises about it is in lifecycle/surprises.test.ts, 13.
describe('subscribe', () => {
  it('tells of changes at once, with the whole object (06-01)', async () => {
    const frames = await subscriber.frames('projects/1a5/subscribe?eventNames=resource.change');
    const id = await rancher.service('watched');
    const active = await waitFor(() => findFrame(frames, 'service', 'active'));
    expect(active).toMatchObject({
      name: 'resource.change',
      resourceId: id,
      resourceType: 'service',
      data: { resource: { name: 'watched', instanceIds: ['1i1'] } },
    });
    expect(active.data.resource?.links).toMatchObject({ self: `${rancher.project}/services/${id}` });
    expect(findFrame(frames, 'container', 'running')).toMatchObject({
      resourceId: '1i1',
      data: { resource: { primaryIpAddress: '127.64.0.1' } },
    });
    await rancher.call('DELETE', `services/${id}`);
    await waitFor(() => findFrame(frames, 'service', 'removed'));
    expect(findFrame(frames, 'container', 'removed')).toBeDefined();
  });

  it('is not of other projects', async () => {
    await expect(subscriber.frames('projects/1a6/subscribe?eventNames=resource.change')).rejects.toThrow('403');
  });
});
