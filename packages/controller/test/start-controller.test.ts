import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Host } from '@mooring/rancher-client';
import {
  CLAIMED_FROM_ANNOTATION,
  ConflictError,
  type ObjectCache,
  openCache,
  openStore,
  POOL_LABEL,
  type Session,
  type SessionTemplate,
  type Store,
  type WarmPool,
} from '@mooring/resources';
import { Registry } from 'prom-client';
import { quietLogger } from '../../../leaks/quiet-logger.js';
import { type Controller, startController } from '../src/index.js';
import { serviceBody } from '../src/sessions/service-body.js';
import { FakeRancher } from './fake-rancher.js';
import { SECRET } from './sessions/sample.js';

const aHost = (agentState: string) =>
  ({ id: '1h1', type: 'host', name: 'one', state: 'active', agentState, hostname: null, removed: null }) as unknown as Host;
const NAME = 'narrative-alice-522b27';
const DEADLINE = { timeoutMs: 10_000 };

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ server: Server; port: number }> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** A controller over a fake Rancher, a container that answers, and a stand-in for Traefik that follows the document. */
describe('the controller', () => {
  let rancher: FakeRancher;
  let store: Store;
  let sessions: ObjectCache<'Session'>;
  let templates: ObjectCache<'SessionTemplate'>;
  let pools: ObjectCache<'WarmPool'>;
  let container: Awaited<ReturnType<typeof listen>>;
  let traefik: Awaited<ReturnType<typeof listen>>;
  let poll: NodeJS.Timeout;
  let document: string | undefined;
  let controller: Controller;
  let registry: Registry;

  const place = (stackId = '1st1') => ({ rancher: rancher.client(), stackId });

  async function start({ located = true, mode = 'http' as 'http' | 'labels' } = {}): Promise<void> {
    registry = new Registry();
    controller = await startController({
      store,
      sessions,
      templates,
      pools,
      routing: {
        entryPointUrl: `http://127.0.0.1:${traefik.port}`,
        entryPoint: 'web',
        fallbackUrl: 'http://127.0.0.1:1',
        frontPaths: ['/narrative*'],
        hosts: [],
        mode,
      },
      registry,
      logger: quietLogger(),
    });
    if (located) controller.converge(place());
    poll = setInterval(() => {
      document = controller.routeDocument() ?? document;
    }, 20);
  }

  async function stop(): Promise<void> {
    clearInterval(poll);
    await controller.stop();
  }

  const create = () =>
    store.create(
      'Session',
      {
        metadata: { name: NAME, finalizers: ['mooring.dev/service'] },
        spec: { owner: { name: 'alice' }, launch: { image: 'mooring/demo', port: container.port }, route: { type: 'cookie' } },
      },
      { secret: SECRET },
    );

  const ready = () => sessions.waitFor(NAME, ({ status }) => status.phase === 'Ready', DEADLINE);
  const change = async (edit: (session: Session) => void): Promise<void> => {
    const session = structuredClone((await store.get('Session', NAME)) as Session);
    edit(session);
    await store.update('Session', session);
  };
  const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + DEADLINE.timeoutMs; !(await condition()); ) {
      if (Date.now() > end) throw new Error('the condition did not come true in time');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  beforeEach(async () => {
    rancher = new FakeRancher();
    document = undefined;
    store = await openStore({ path: ':memory:' });
    sessions = openCache(store, 'Session');
    templates = openCache(store, 'SessionTemplate');
    pools = openCache(store, 'WarmPool');
    container = await listen((_request, response) => response.end('hello'));
    traefik = await listen((request, response) => {
      const secret = /narrative_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
      if (secret && document?.includes(secret)) return response.end('hello');
      return response.writeHead(503, { 'mooring-front': '1' }).end();
    });
    await start();
  });

  afterEach(async () => {
    await stop();
    await Promise.all([sessions.close(), templates.close(), pools.close()]);
    await store.close();
    for (const { server } of [container, traefik]) server.close();
  });

  it('makes a recorded session ready, and writes nothing more once it is', async () => {
    await create();
    const session = await ready();
    expect(session?.status.conditions.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'ServiceCreated=True',
      'ContainerRunning=True',
      'Reachable=True',
      'Routed=True',
      'Ready=True',
    ]);
    expect(session?.status).toMatchObject({ service: { id: '1s1', state: 'active' }, address: { ip: '127.0.0.1', port: container.port } });
    expect(controller.ready().ok).toBe(true);
    const metrics = await registry.metrics();
    expect(metrics).toContain('mooring_sessions{phase="Ready"} 1');
    expect(metrics).toContain('mooring_session_start_seconds_count{condition="Reachable"} 1');
    expect(metrics).toContain('mooring_session_start_seconds_count{condition="Ready"} 1');
    const { resourceVersion } = await store.list('Session');
    await stop();
    await start();
    await until(() => controller.ready().ok);
    expect((await store.list('Session')).resourceVersion).toBe(resourceVersion);
    expect(rancher.calls).toEqual([`create ${NAME}`]);
  });

  it('makes one service where the answer to the first create was lost', async () => {
    rancher.loseCreateAnswer = true;
    await create();
    await ready();
    expect(rancher.services.size).toBe(1);
    expect(rancher.calls).toEqual([`create ${NAME}`]);
  });

  it('removes the second of two services of one name and keeps the one that serves', async () => {
    rancher.doubleCreate = true;
    await create();
    // The double is seen with the next whole list.
    await ready();
    await stop();
    await start();
    await until(() => rancher.services.size === 1);
    expect([...rancher.services.keys()]).toEqual(['1s1']);
  });

  it('takes the route away before the service, asks again when a DELETE is lost, and lets the record go last', async () => {
    await create();
    await ready();
    rancher.loseDeletes = 2;
    await store.delete('Session', NAME);
    await until(async () => (await store.get('Session', NAME)) === undefined);
    expect(rancher.services.size).toBe(0);
    expect(rancher.calls.filter((call) => call.startsWith('remove'))).toHaveLength(3);
    expect(document).not.toContain(SECRET);
  });

  it('stops and starts again as the record says, with the same service', async () => {
    await create();
    await ready();
    await change((session) => {
      session.spec.running = false;
    });
    await sessions.waitFor(NAME, ({ status }) => status.phase === 'Stopped', DEADLINE);
    expect(document).not.toContain(SECRET);
    await change((session) => {
      session.spec.running = true;
    });
    expect((await ready())?.status.service?.id).toBe('1s1');
    expect(rancher.calls).toEqual([`create ${NAME}`, 'deactivate 1s1', 'activate 1s1']);
  });

  it('says so while Rancher is down, and goes on when it is back', async () => {
    await until(() => controller.ready().ok);
    rancher.down = true;
    await create();
    const waiting = await sessions.waitFor(
      NAME,
      ({ status }) => status.conditions.some(({ reason }) => reason === 'RancherUnavailable'),
      DEADLINE,
    );
    expect(waiting?.status.phase).toBe('Pending');
    rancher.down = false;
    expect((await ready())?.status.phase).toBe('Ready');
  });

  it('keeps the route of a session that a list leaves out, and asks for it by its id', async () => {
    await create();
    await ready();
    rancher.hideFromLists = true;
    await stop();
    await start();
    await until(() => controller.ready().ok);
    expect(controller.routeDocument()).toContain(SECRET);
    expect((await store.get('Session', NAME))?.status.phase).toBe('Ready');
    expect(rancher.calls).toEqual([`create ${NAME}`]);
  });

  it('tells of a lost host without taking the route away while the container answers', async () => {
    rancher.hosts.set('1h1', aHost('active'));
    await create();
    await ready();
    rancher.change({ resourceType: 'host', resource: aHost('disconnected') });
    const told = await sessions.waitFor(NAME, ({ status }) => status.conditions.some(({ reason }) => reason === 'HostLost'), DEADLINE);
    expect(told?.status.phase).toBe('Ready');
    expect(controller.routeDocument()).toContain(SECRET);
  });

  it('takes the route away when the container of a lost host answers no more, and says why', async () => {
    rancher.hosts.set('1h1', aHost('active'));
    await create();
    await ready();
    container.server.close();
    rancher.change({ resourceType: 'host', resource: aHost('disconnected') });
    const told = await sessions.waitFor(NAME, ({ status }) => status.phase !== 'Ready', DEADLINE);
    expect(told?.status.conditions.find(({ type }) => type === 'Reachable')?.message).toContain('host one is disconnected');
    await until(() => !document?.includes(SECRET));
    expect(rancher.calls).toEqual([`create ${NAME}`]);
  });

  it('starts a container again that was stopped behind our back', async () => {
    await create();
    await ready();
    rancher.change({ resourceType: 'container', resource: { ...rancher.container('1i1'), state: 'stopped' } });
    await until(() => rancher.calls.includes('start 1i1'));
    await ready();
    expect(rancher.container('1i1').state).toBe('running');
  });

  it('goes on at once when Rancher is back, however long the backoff has become', async () => {
    await until(() => controller.ready().ok);
    rancher.down = true;
    await create();
    await sessions.waitFor(NAME, ({ status }) => status.conditions.some(({ reason }) => reason === 'RancherUnavailable'), DEADLINE);
    rancher.down = false;
    rancher.gap();
    expect((await ready())?.status.phase).toBe('Ready');
  });

  describe('with a warm pool', () => {
    const TEMPLATE = 'narrative';
    const waiting = () => sessions.list().filter(({ metadata }) => metadata.labels[POOL_LABEL] === 'pool');
    const full = (replicas: number) =>
      until(() => waiting().length === replicas && waiting().every(({ status }) => status.phase === 'Ready'));
    /** The loop may be writing the pool's status meanwhile. */
    const resize = async (replicas: number): Promise<void> => {
      const pool = structuredClone((await store.get('WarmPool', 'pool')) as WarmPool);
      pool.spec.replicas = replicas;
      const updated = await store.update('WarmPool', pool).catch((error: unknown) => {
        if (!(error instanceof ConflictError)) throw error;
      });
      if (!updated) await resize(replicas);
    };

    beforeEach(async () => {
      const spec = { image: { name: 'mooring/demo', tag: '1' }, launch: { port: container.port }, route: { type: 'cookie' as const } };
      await store.create('SessionTemplate', { metadata: { name: TEMPLATE }, spec });
      await store.create('WarmPool', { metadata: { name: 'pool' }, spec: { templateRef: { name: TEMPLATE }, replicas: 2 } });
      await full(2);
    });

    it('keeps sessions ready under names of their own, and their routes live', async () => {
      for (const { metadata } of waiting()) {
        expect(metadata.name).toMatch(/^narrativepre-[0-9a-f]{8}$/);
        expect(document).toContain(await store.secret(metadata.uid));
      }
      await until(async () => (await store.get('WarmPool', 'pool'))?.status.readyReplicas === 2);
    });

    it('lets the name at Rancher follow a claim, on the same container and route, and fills up again', async () => {
      const [warm] = waiting() as [Session];
      const secret = await store.secret(warm.metadata.uid);
      const claimed = structuredClone(warm);
      delete claimed.metadata.labels[POOL_LABEL];
      claimed.metadata.annotations[CLAIMED_FROM_ANNOTATION] = 'pool';
      claimed.spec.owner.name = 'alice';
      await store.rename('Session', claimed, NAME);
      await until(() => rancher.services.get(warm.status.service?.id ?? '')?.name === NAME);
      const renamed = rancher.services.get(warm.status.service?.id ?? '');
      expect(renamed?.metadata).toMatchObject({ mooring: { session: NAME, uid: warm.metadata.uid, owner: 'alice', labels: {} } });
      expect((await ready())?.status.address).toEqual(warm.status.address);
      expect(document).toContain(secret);
      await full(2);
      expect(rancher.services.size).toBe(3);
    });

    it('shrinks and grows, and leaves nothing behind', async () => {
      await resize(0);
      await until(() => rancher.services.size === 0 && sessions.list().length === 0);
      await resize(1);
      await full(1);
      expect(rancher.services.size).toBe(1);
      await store.delete('WarmPool', 'pool');
      await until(() => rancher.services.size === 0 && sessions.list().length === 0);
    });

    it('rolls to another version of the template, and leaves claimed sessions alone', async () => {
      const [warm] = waiting() as [Session];
      const claimed = structuredClone(warm);
      delete claimed.metadata.labels[POOL_LABEL];
      claimed.spec.owner.name = 'alice';
      await store.rename('Session', claimed, NAME);
      const template = structuredClone((await store.get('SessionTemplate', TEMPLATE)) as SessionTemplate);
      template.spec.image.tag = '2';
      await store.update('SessionTemplate', template);
      await until(
        () => waiting().length === 2 && waiting().every(({ spec, status }) => spec.launch.image.endsWith(':2') && status.phase === 'Ready'),
      );
      expect(sessions.get(NAME)?.spec.launch.image).toBe('mooring/demo:1');
      expect(rancher.services.size).toBe(3);
    });
  });

  it('never touches a service of the same name that is not ours', async () => {
    await rancher.client().services.create({ name: NAME, stackId: '1st1', launchConfig: { labels: {} } });
    await create();
    const failed = await sessions.waitFor(NAME, ({ status }) => status.phase === 'Failed', DEADLINE);
    expect(failed?.status.conditions[0]).toMatchObject({ type: 'ServiceCreated', status: 'False', reason: 'NameTaken' });
    expect(rancher.services.size).toBe(1);
  });

  it('adopts what has no record once the session that has its name is gone', async () => {
    await create();
    const session = (await ready()) as Session;
    const uid = '7f0e9d52-5a43-4a0f-8f5b-0d8f0d1e2a11';
    const other = { ...session, metadata: { ...session.metadata, uid }, spec: { ...session.spec, owner: { name: 'bob' } } };
    const body = serviceBody(other, 'b'.repeat(64), { stackId: '1st1', entryPoint: 'web' });
    await rancher
      .client()
      .services.create({ ...body, name: `${NAME}-before` } as Parameters<ReturnType<FakeRancher['client']>['services']['create']>[0]);
    await controller.resync();
    await until(async () => (await registry.metrics()).includes('mooring_strays{reason="name-taken"} 1'));
    await store.delete('Session', NAME);
    await sessions.waitFor(NAME, ({ metadata, status }) => metadata.uid === uid && status.phase === 'Ready', DEADLINE);
  });

  it('serves the routes that were live before Rancher answers at all', async () => {
    await create();
    await ready();
    await stop();
    rancher.down = true;
    await start();
    expect(controller.routeDocument()).toContain(SECRET);
    expect(controller.ready().ok).toBe(false);
    rancher.down = false;
    await until(() => controller.ready().ok);
  });

  it('needs no Rancher for the routes that were live, and converges what was asked for in the meantime', async () => {
    await create();
    await ready();
    await stop();
    await start({ located: false });
    expect(controller.routeDocument()).toContain(SECRET);
    expect(controller.ready().checks).toEqual({ rancher: { ok: false, message: expect.stringContaining('has not been found') } });
    await store.create(
      'Session',
      {
        metadata: { name: 'narrative-bob-1' },
        spec: { owner: { name: 'bob' }, launch: { image: 'mooring/demo', port: container.port }, route: { type: 'cookie' } },
      },
      { secret: 'b'.repeat(64) },
    );
    await sessions.waitFor('narrative-bob-1', () => true, DEADLINE);
    controller.converge(place());
    await sessions.waitFor('narrative-bob-1', ({ status }) => status.phase === 'Ready', DEADLINE);
    expect(controller.ready().ok).toBe(true);
    expect(rancher.calls).toEqual([`create ${NAME}`, 'create narrative-bob-1']);
  });

  it('says that the stack is refused, and makes in another one what went with it', async () => {
    await create();
    await ready();
    let refused = 0;
    controller.converge({ ...place(), onStackRefused: () => (refused += 1) });
    await until(() => controller.ready().ok);
    rancher.removeStack('1st1');
    const failed = await sessions.waitFor(NAME, ({ status }) => status.phase === 'Failed', DEADLINE);
    expect(failed?.status.conditions[0]).toMatchObject({ reason: 'InvalidState', message: expect.stringContaining('field stackId') });
    expect(refused).toBeGreaterThan(0);
    controller.converge(place('1st2'));
    await ready();
    expect([...rancher.services.values()].map(({ id, stackId }) => [id, stackId])).toEqual([['1s2', '1st2']]);
    expect(document).toContain(SECRET);
    expect(rancher.calls).toEqual([`create ${NAME}`, `create ${NAME}`]);
  });

  it('leaves a session alone that runs on in the stack that was left', async () => {
    await create();
    await ready();
    const { resourceVersion } = await store.list('Session');
    controller.converge(place('1st2'));
    await until(() => controller.ready().ok);
    expect(controller.routeDocument()).toContain(SECRET);
    expect((await store.list('Session')).resourceVersion).toBe(resourceVersion);
    expect(rancher.calls).toEqual([`create ${NAME}`]);
  });

  it('decides nothing at another place before that was seen whole', async () => {
    await create();
    await ready();
    const elsewhere = new FakeRancher();
    elsewhere.down = true;
    controller.converge({ rancher: elsewhere.client(), stackId: '1st9' });
    expect(controller.ready().checks.rancher?.ok).toBe(false);
    await change((session) => {
      session.spec.running = false;
    });
    await sessions.waitFor(NAME, ({ spec }) => !spec.running, DEADLINE);
    expect(controller.routeDocument()).toContain(SECRET);
    expect([elsewhere.calls, rancher.calls]).toEqual([[], [`create ${NAME}`]]);
  });

  it('tells whoever waits while Rancher was never seen, and goes on when it is', async () => {
    await stop();
    rancher.down = true;
    await start();
    await create();
    const told = await sessions.waitFor(NAME, ({ status }) => status.conditions.length > 0, DEADLINE);
    expect(told?.status.conditions).toEqual([
      expect.objectContaining({ type: 'ServiceCreated', status: 'Unknown', reason: 'RancherUnavailable' }),
      expect.objectContaining({ type: 'Ready', status: 'False', reason: 'RancherUnavailable' }),
    ]);
    rancher.down = false;
    rancher.gap();
    expect((await ready())?.status.phase).toBe('Ready');
  });

  it('starts a container when the waiting page is laid over it, where labels are the routes', async () => {
    await stop();
    await start({ mode: 'labels' });
    await until(() => document !== undefined);
    const isLaid: [call: string, boolean][] = [];
    rancher.calls.push = (call: string): number => isLaid.push([call, document?.includes('-waiting"') ?? false]);
    await create();
    await until(() => isLaid.length > 0);
    expect(isLaid).toEqual([[`create ${NAME}`, true]]);
  });

  it('reads the version of an image before it is known where sessions are created', async () => {
    await stop();
    const versions = await listen((_request, response) => response.end('{"version": "1.2.3"}'));
    await start({ located: false });
    await store.create('SessionTemplate', {
      metadata: { name: 'narrative' },
      spec: {
        image: { name: 'kbase/narrative', versionUrl: `http://127.0.0.1:${versions.port}` },
        launch: { port: 8888 },
        route: { type: 'cookie' },
      },
    });
    await templates.waitFor('narrative', ({ status }) => status.image === 'kbase/narrative:1.2.3', DEADLINE);
    versions.server.close();
  });
});
