import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { RancherClient } from '../src/client.js';
import type { SubscribeEvent, SubscribeOptions } from '../src/subscribe/subscribe.js';

const PING = JSON.stringify({ name: 'ping', resourceId: null, resourceType: null, data: { options: {}, resources: [] } });

const change = (id: string, fields: object = {}) =>
  JSON.stringify({
    name: 'resource.change',
    resourceId: id,
    resourceType: 'service',
    data: { resource: { id, type: 'service', baseType: 'service', name: 'a', state: 'active', ...fields } },
  });

let server: WebSocketServer;
let client: RancherClient;
let requests: IncomingMessage[];
let serve: (socket: WebSocket, count: number) => void;
let stop: AbortController;

async function listen(port = 0): Promise<number> {
  server = new WebSocketServer({ host: '127.0.0.1', port });
  server.on('connection', (socket, request) => serve(socket, requests.push(request)));
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

function hangUp(): void {
  for (const socket of server.clients) socket.terminate();
  server.close();
}

beforeEach(async () => {
  requests = [];
  serve = () => {};
  stop = new AbortController();
  client = new RancherClient({
    url: `http://127.0.0.1:${await listen()}/v2-beta`,
    accessKey: 'key',
    secretKey: 'secret',
    deadlineMs: 1_000,
  });
});

afterEach(async () => {
  stop.abort();
  await client.close();
  hangUp();
});

function subscription(options: SubscribeOptions = {}): AsyncIterator<SubscribeEvent> {
  return client
    .project('1a5')
    .subscribe({ signal: stop.signal, ...options })
    [Symbol.asyncIterator]();
}

async function take(events: AsyncIterator<SubscribeEvent>, count: number): Promise<SubscribeEvent[]> {
  const taken: SubscribeEvent[] = [];
  while (taken.length < count) {
    const { value, done } = await events.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

describe('subscribe', () => {
  it('asks for changes of the project with basic auth and tells them', async () => {
    serve = (socket) => {
      for (const frame of [PING, change('1s3'), JSON.stringify({ name: 'other' })]) socket.send(frame);
    };
    const [connected, changed] = await take(subscription(), 2);
    expect(connected).toEqual({ type: 'connected' });
    expect(changed).toMatchObject({ type: 'change', resourceType: 'service', resourceId: '1s3', resource: { id: '1s3', instanceIds: [] } });
    expect(requests[0]?.url).toBe('/v2-beta/projects/1a5/subscribe?eventNames=resource.change');
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('key:secret').toString('base64')}`);
  });

  it('reads other kinds by what all have in common, services of every kind as services', async () => {
    const frame = (resourceType: string, resource: object) =>
      JSON.stringify({
        name: 'resource.change',
        resourceId: '1x1',
        resourceType,
        data: { resource: { id: '1x1', type: resourceType, ...resource } },
      });
    serve = (socket) => {
      socket.send(frame('serviceLog', { level: 'info' }));
      socket.send(frame('constructor', { state: 'active' }));
      socket.send(frame('dnsService', { baseType: 'service', state: 'active' }));
    };
    const [, log, odd, dns] = await take(subscription(), 4);
    expect(log).toMatchObject({ resource: { id: '1x1', type: 'serviceLog', state: null } });
    expect(odd).toMatchObject({ resource: { type: 'constructor' } });
    expect(dns).toMatchObject({ resourceType: 'dnsService', resource: { instanceIds: [] } });
  });

  it.each([
    ['is no JSON', 'x', 'not an event'],
    ['has no name', '{}', 'not an event'],
    ['has no resource', JSON.stringify({ name: 'resource.change', resourceId: '1s3', resourceType: 'service', data: {} }), "can't be read"],
    ['has a resource of another shape', change('1s3', { state: 5 }), 'a changed service'],
  ])('says gap where a frame %s, and goes on', async (_what, frame, reason) => {
    serve = (socket) => {
      socket.send(frame);
      socket.send(change('1s4'));
    };
    const [, missed, next] = await take(subscription(), 3);
    expect(missed).toEqual({ type: 'gap', reason: expect.stringContaining(reason) });
    expect(next).toMatchObject({ resourceId: '1s4' });
  });

  it('connects again when it is cut, and says gap', async () => {
    serve = (socket, count) => {
      if (count === 1) socket.terminate();
      else socket.send(change('1s3'));
    };
    const reasons: string[] = [];
    const events = await take(subscription({ onDisconnect: (reason) => reasons.push(reason) }), 3);
    expect(events.map(({ type }) => type)).toEqual(['connected', 'gap', 'change']);
    expect(reasons).toHaveLength(1);
  });

  it('takes a connection without pings for dead', async () => {
    const [, missed] = await take(subscription({ pingTimeoutMs: 80 }), 2);
    expect(missed).toEqual({ type: 'gap', reason: 'connected again after: no ping for 80 ms' });
  });

  it('keeps a connection that pings', async () => {
    serve = (socket, count) => {
      let pings = 0;
      const timer = setInterval(() => {
        socket.send(PING);
        if (++pings < 10) return;
        clearInterval(timer);
        socket.send(change(`1s${count}`));
      }, 40);
    };
    const events = await take(subscription({ pingTimeoutMs: 300 }), 2);
    expect(events.map(({ type }) => type)).toEqual(['connected', 'change']);
    expect(requests).toHaveLength(1);
  });

  it('goes on trying while Rancher is down or refuses', async () => {
    const { port } = server.address() as AddressInfo;
    hangUp();
    const reasons: string[] = [];
    let restarted: Promise<number> | undefined;
    const events = subscription({
      onDisconnect: (reason) => {
        reasons.push(reason);
        if (reasons.length === 2) restarted = listen(port);
      },
    });
    expect(await take(events, 1)).toEqual([{ type: 'connected' }]);
    await restarted;
    expect(reasons.every((reason) => reason.includes('ECONNREFUSED'))).toBe(true);
  });

  it('drops what waits for a slow consumer, for one gap', async () => {
    serve = (socket) => {
      for (let id = 1; id <= 25; id++) socket.send(change(`1s${id}`));
      socket.close();
    };
    let drained: () => void = () => {};
    const disconnected = new Promise<void>((resolve) => {
      drained = resolve;
    });
    const events = subscription({ capacity: 10, onDisconnect: () => drained() });
    await take(events, 1);
    await disconnected;
    const kept: SubscribeEvent[] = [];
    const isLast = (event?: SubscribeEvent) => event?.type === 'change' && event.resourceId === '1s25';
    while (!isLast(kept.at(-1))) kept.push(...(await take(events, 1)));
    expect(kept[0]).toMatchObject({ type: 'gap', reason: expect.stringContaining('more than 10') });
    expect(kept.filter(({ type }) => type === 'gap')).toHaveLength(1);
    expect(kept.length).toBeLessThanOrEqual(10);
  });

  it.each([
    ['its signal fires', () => stop.abort()],
    ['the client is closed', () => client.close()],
  ])('ends when %s', async (_what, end) => {
    const events = subscription();
    await take(events, 1);
    const next = events.next();
    await end();
    await expect(next).resolves.toEqual({ value: undefined, done: true });
    await expect(new Promise((resolve) => waitFor(() => server.clients.size === 0, resolve))).resolves.toBeUndefined();
  });

  it('hangs up when the consumer stops', async () => {
    for await (const event of client.project('1a5').subscribe()) {
      expect(event).toEqual({ type: 'connected' });
      break;
    }
    await new Promise<void>((resolve) => waitFor(() => server.clients.size === 0, resolve));
    expect(requests).toHaveLength(1);
  });
});

function waitFor(condition: () => boolean, done: (value: undefined) => void): void {
  if (condition()) done(undefined);
  else setTimeout(waitFor, 5, condition, done);
}
