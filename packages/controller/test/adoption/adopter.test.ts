import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ObjectCache,
  openCache,
  openStore,
  POOL_LABEL,
  POOL_OWNER,
  type Session,
  type Store,
  UNCLAIMED_LABEL,
} from '@mooring/resources';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { Adopter } from '../../src/adoption/adopter.js';
import { Strays } from '../../src/adoption/strays.js';
import { RouteTable } from '../../src/routes/table.js';
import { RancherGateway } from '../../src/sessions/rancher-gateway.js';
import { type SeenService, seeService } from '../../src/sessions/seen.js';
import { serviceBody } from '../../src/sessions/service-body.js';
import { FakeRancher } from '../fake-rancher.js';
import { FakeClock } from '../runtime/fake-clock.js';
import { aSession, SECRET } from '../sessions/sample.js';

type Body = Parameters<ReturnType<FakeRancher['client']>['services']['create']>[0];

describe('the adopter', () => {
  let rancher: FakeRancher;
  let store: Store;
  let sessions: ObjectCache<'Session'>;
  let table: RouteTable;
  let registry: Registry;
  let clock: FakeClock;
  let listed: SeenService[] | undefined;
  let adopter: Adopter;
  let warnings: string[];
  const session = aSession();
  const { name, uid } = session.metadata;

  beforeEach(async () => {
    rancher = new FakeRancher();
    store = await openStore({ path: ':memory:' });
    sessions = openCache(store, 'Session');
    await sessions.ready();
    const settings = { entryPoint: 'web', fallbackUrl: 'http://127.0.0.1:1', frontPaths: ['/narrative*'], hosts: [], withSessions: true };
    table = new RouteTable(settings);
    registry = new Registry();
    clock = new FakeClock();
    listed = undefined;
    warnings = [];
    const services = () => listed ?? [...rancher.services.values()].map(seeService);
    const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
    const gateway = new RancherGateway(rancher.client(), '1st1');
    adopter = new Adopter({ store, sessions, gateway, services, table, strays: new Strays(registry), clock, log });
  });
  afterEach(async () => {
    await sessions.close();
    await store.close();
  });

  const atRancher = (of: Session) =>
    rancher.client().services.create(serviceBody(of, SECRET, { stackId: '1st1', entryPoint: 'web' }) as Body);
  const run = () => adopter.run(new AbortController().signal);
  const edited = (edit: (copy: Session) => void): Session => {
    const copy = structuredClone(session);
    edit(copy);
    return copy;
  };
  const strays = async () => (await registry.metrics()).split('\n').filter((line) => /^mooring_strays\{.* [1-9]/.test(line));
  /** Lets time pass until something is so, and waits for what was under way. */
  const goingOn = async (running: Promise<void>, isSo: () => boolean) => {
    for (let tries = 0; !isSo() && tries < 1000; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      clock.advance(200);
    }
    await running;
  };
  const someoneElse = (owner: string) =>
    store.create(
      'Session',
      { metadata: { name, finalizers: [] }, spec: { ...session.spec, owner: { name: owner } } },
      { secret: 'c'.repeat(64) },
    );

  it('rebuilds the session with its uid, secret and route, and does nothing at Rancher', async () => {
    const { id } = await atRancher(session);
    rancher.calls.length = 0;
    await run();
    const adopted = sessions.byUid(uid);
    expect(adopted).toMatchObject({ metadata: { name }, spec: session.spec, status: { service: { id }, address: { ip: '127.0.0.1' } } });
    expect(await store.secret(uid)).toBe(SECRET);
    expect(table.get(uid)).toMatchObject({ secret: SECRET, address: { ip: '127.0.0.1', port: 8888 } });
    expect(rancher.calls).toEqual([]);
    expect(await strays()).toEqual([]);
  });

  it('writes nothing the second time', async () => {
    await atRancher(session);
    await run();
    const { resourceVersion } = await store.list('Session');
    await run();
    expect((await store.list('Session')).resourceVersion).toBe(resourceVersion);
  });

  it('adopts what nobody had claimed under a label that no pool has', async () => {
    await atRancher(
      edited(({ metadata, spec }) => {
        metadata.labels[POOL_LABEL] = 'narrative';
        spec.owner.name = POOL_OWNER;
      }),
    );
    await run();
    expect(sessions.byUid(uid)?.metadata.labels).toEqual({ [UNCLAIMED_LABEL]: 'narrative' });
  });

  it('adopts what serves under its name, where a list shows only a copy of it', async () => {
    const { id } = await atRancher(session);
    const body = serviceBody(session, SECRET, { stackId: '1st1', entryPoint: 'web' }) as Body;
    const copy = await rancher.client().services.create({ ...body, name: `${name}-copy` });
    listed = [seeService(copy)];
    await run();
    expect(sessions.byUid(uid)?.status.service?.id).toBe(id);
  });

  it('adopts what is somebody’s, though a copy from before it was claimed is what serves', async () => {
    const unclaimed = edited(({ metadata, spec }) => {
      metadata.name = 'narrativepre-1';
      metadata.labels[POOL_LABEL] = 'narrative';
      spec.owner.name = POOL_OWNER;
    });
    const copy = await atRancher(unclaimed);
    const { id } = await atRancher(session);
    for (const [key, container] of rancher.containers)
      if (container.serviceIds?.includes(id)) rancher.containers.set(key, { ...container, state: 'stopped' });
    expect(copy.id < id).toBe(true);
    await run();
    expect(sessions.byUid(uid)).toMatchObject({ metadata: { name, labels: {} }, spec: { owner: session.spec.owner } });
  });

  it('leaves what is on its way out alone, though an old list shows it as active', async () => {
    const service = await atRancher(session);
    listed = [seeService(service)];
    rancher.services.set(service.id, { ...service, state: 'removing' });
    await run();
    listed = [seeService({ ...service, state: 'removing' })];
    await run();
    expect(sessions.list()).toEqual([]);
  });

  it('brings nothing back that was deleted, and tells of it once', async () => {
    await atRancher(session);
    await run();
    const adopted = structuredClone(sessions.byUid(uid) as Session);
    adopted.metadata.finalizers = [];
    await store.update('Session', adopted);
    await store.delete('Session', name);
    for (const end = Date.now() + 5000; sessions.byUid(uid) && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 5));
    await run();
    await run();
    expect(sessions.list()).toEqual([]);
    expect(await strays()).toEqual(['mooring_strays{reason="deleted"} 1']);
    expect(warnings).toHaveLength(1);
  });

  it("takes nobody's name away", async () => {
    await someoneElse('mallory');
    await atRancher(session);
    await run();
    expect(sessions.byUid(uid)).toBeUndefined();
    expect(await strays()).toEqual(['mooring_strays{reason="name-taken"} 1']);
    rancher.services.clear();
    await run();
    expect(await strays()).toEqual([]);
  });

  it('makes room where the same person asked again meanwhile, and has nothing at Rancher yet', async () => {
    await someoneElse('alice');
    await atRancher(session);
    await goingOn(run(), () => sessions.byUid(uid) !== undefined);
    expect(sessions.list().map(({ metadata }) => metadata.uid)).toEqual([uid]);
    expect(await store.secret(uid)).toBe(SECRET);
  });

  it('waits for what has the name and is on its way out, with a service of its own by now', async () => {
    await atRancher(session);
    const holder = await store.create(
      'Session',
      { metadata: { name, finalizers: ['mooring.dev/service'] }, spec: session.spec },
      { secret: 'c'.repeat(64) },
    );
    await store.updateStatus('Session', { ...holder, status: { ...holder.status, service: { id: '1s9', name, state: 'active' } } });
    await store.delete('Session', name);
    const running = run();
    await goingOn(Promise.resolve(), () => clock.pending > 0);
    expect([await strays(), sessions.byUid(uid)]).toEqual([[], undefined]);
    const going = await store.get('Session', name);
    if (going) await store.update('Session', { ...going, metadata: { ...going.metadata, finalizers: [] } });
    await goingOn(running, () => sessions.byUid(uid) !== undefined);
    expect(sessions.byUid(uid)?.metadata.name).toBe(name);
  });

  it('reports what it can not read, without its secret', async () => {
    const service = await atRancher(session);
    rancher.services.set(service.id, { ...service, metadata: {} });
    await run();
    expect(sessions.list()).toEqual([]);
    expect(await strays()).toEqual(['mooring_strays{reason="unreadable"} 1']);
    expect(warnings.join()).not.toContain(SECRET);
  });

  const troubles: [string, () => void, () => void][] = [
    ['does not answer', () => (rancher.down = true), () => (rancher.down = false)],
    ['refuses our key', () => (rancher.refuses = 401), () => (rancher.refuses = undefined)],
  ];
  it.each(troubles)('tries again while Rancher %s', async (_how, begin, end) => {
    await atRancher(session);
    listed = [...rancher.services.values()].map(seeService);
    begin();
    const running = run();
    for (let tries = 0; warnings.length === 0 && tries < 1000; tries++) await new Promise((resolve) => setTimeout(resolve, 2));
    end();
    for (let tries = 0; !sessions.byUid(uid) && tries < 1000; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      clock.advance(200);
    }
    await running;
    expect(sessions.byUid(uid)).toBeDefined();
  });

  it('adopts the one of two services that serves', async () => {
    await atRancher(session);
    const { id } = await atRancher(session);
    rancher.containers.delete('1i1');
    await run();
    expect(sessions.byUid(uid)?.status.service?.id).toBe(id);
  });
});
