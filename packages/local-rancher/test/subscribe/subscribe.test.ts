import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { Harness, waitFor } from '../support/harness.js';

interface Frame {
  id: string;
  name: string;
  resourceId: string | null;
  resourceType: string | null;
  data: { resource?: Record<string, unknown>; resources?: unknown[] };
  time: number;
}

let rancher: Harness;
let sockets: WebSocket[] = [];
beforeEach(async () => {
  rancher = await Harness.start();
});
afterEach(async () => {
  for (const socket of sockets) socket.terminate();
  sockets = [];
  await rancher.end();
});

const subscribe = async (path: string): Promise<Frame[]> => {
  const socket = new WebSocket(`${rancher.rancher.url.replace('http', 'ws')}/${path}`);
  sockets.push(socket);
  const frames: Frame[] = [];
  socket.on('message', (data) => frames.push(JSON.parse(String(data)) as Frame));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return frames;
};

const find = (frames: Frame[], type: string, state: string): Frame | undefined =>
  frames.find((frame) => frame.resourceType === type && frame.data.resource?.state === state);

describe('subscribe', () => {
  it('tells of changes at once, with the whole object (06-01)', async () => {
    const frames = await subscribe('projects/1a5/subscribe?eventNames=resource.change');
    const id = await rancher.service('watched');
    const active = await waitFor(() => find(frames, 'service', 'active'));
    expect(active).toMatchObject({
      name: 'resource.change',
      resourceId: id,
      resourceType: 'service',
      data: { resource: { name: 'watched', instanceIds: ['1i1'] } },
    });
    expect(active.data.resource?.links).toMatchObject({ self: `${rancher.project}/services/${id}` });
    expect(find(frames, 'container', 'running')).toMatchObject({
      resourceId: '1i1',
      data: { resource: { primaryIpAddress: '127.64.0.1' } },
    });
    await rancher.call('DELETE', `services/${id}`);
    await waitFor(() => find(frames, 'service', 'removed'));
    expect(find(frames, 'container', 'removed')).toBeDefined();
  });

  it('pings every five seconds, and does nothing else for events that nobody knows (06-10)', async () => {
    const [bogus, none] = await Promise.all([
      subscribe('projects/1a5/subscribe?eventNames=bogus.event'),
      subscribe('projects/1a5/subscribe'),
    ]);
    await rancher.stack();
    for (const frames of [bogus, none]) {
      const ping = await waitFor(() => frames[0]);
      expect(ping).toMatchObject({ name: 'ping', resourceId: null, resourceType: null, data: { options: {}, resources: [] } });
      expect(frames).toHaveLength(1);
    }
  });

  it('needs a project in the path or as a parameter (06-10)', async () => {
    await expect(subscribe('subscribe?eventNames=resource.change')).rejects.toThrow('404');
    await expect(subscribe('projects/1a6/subscribe?eventNames=resource.change')).rejects.toThrow('403');
    const frames = await subscribe('subscribe?eventNames=resource.change&projectId=1a5');
    await rancher.stack();
    const frame = await waitFor(() => find(frames, 'stack', 'active'));
    expect(frame.data.resource?.links).toMatchObject({ self: `${rancher.rancher.url}/stacks/1st1` });
  });

  it('sends batches of a second when the pace is recorded: short states never show', async () => {
    await rancher.halt();
    await rancher.boot({ pace: 'recorded' });
    const frames = await subscribe('projects/1a5/subscribe?eventNames=resource.change');
    const id = await rancher.service('slow');
    const active = await waitFor(() => find(frames, 'service', 'active'));
    const services = frames.filter((frame) => frame.resourceId === id);
    expect(services.length).toBeLessThanOrEqual(2);
    const times = [...new Set(frames.map((frame) => Math.round(frame.time / 100)))];
    expect(times.length).toBeLessThanOrEqual(3);
    expect(active.resourceId).toBe(id);
  });
});
