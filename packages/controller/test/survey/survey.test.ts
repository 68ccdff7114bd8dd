import { describe, expect, it } from '@jest/globals';
import type { Service } from '@mooring/rancher-client';
import {
  instantiate,
  POOL_LABEL,
  type Session,
  type SessionTemplate,
  sessionSchema,
  sessionTemplateSchema,
  warmPoolSchema,
} from '@mooring/resources';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { readWorld, survey } from '../../src/index.js';
import { serviceBody } from '../../src/sessions/service-body.js';
import { FakeRancher } from '../fake-rancher.js';
import { SECRET } from '../sessions/sample.js';

const STACK = '1st1';
const PLACE = { stackId: STACK, entryPoint: 'web' };
const log = quietLogger();
const uid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const meta = (name: string, number: number) => ({
  name,
  uid: uid(number),
  generation: 1,
  resourceVersion: '1',
  creationTimestamp: '2026-01-02T03:04:05.678Z',
});

const template = (changes: { generation?: number; tag?: string; env?: Record<string, string>; hosts?: string[]; port?: number } = {}) =>
  sessionTemplateSchema.parse({
    apiVersion: 'mooring.dev/v1',
    kind: 'SessionTemplate',
    metadata: { ...meta('narrative', 900), generation: changes.generation ?? 1 },
    spec: {
      image: { name: 'kbase/narrative', tag: changes.tag ?? '1.0' },
      launch: { env: changes.env ?? { TOKEN: 'very-secret', WHO: '$(SESSION_OWNER)' }, port: changes.port ?? 8888 },
      route: { type: 'cookie', hosts: changes.hosts ?? [] },
    },
  });

/** What is recorded, where it isn't what is served, and what else there is. */
type Look = { records?: Session[]; now?: SessionTemplate; strange?: string[]; pools?: object[]; deleted?: string[] };
type Options = { from?: SessionTemplate; pool?: string; status?: Record<string, unknown>; running?: boolean };
function session(name: string, number: number, { from = template(), pool, status, running = true }: Options = {}): Session {
  const { spec } = instantiate(from, { name, owner: name });
  const labels = pool === undefined ? {} : { [POOL_LABEL]: pool };
  return sessionSchema.parse({
    apiVersion: 'mooring.dev/v1',
    kind: 'Session',
    metadata: { ...meta(name, number), labels },
    spec: { ...spec, running },
    ...(status && { status }),
  });
}

const READY = (container: string) => ({
  phase: 'Ready',
  container: { id: container, name: 'c', state: 'running' },
  address: { ip: '127.0.0.1', port: 8888 },
  conditions: ['Reachable', 'Routed', 'Ready'].map((type) => ({
    type,
    status: 'True',
    reason: type,
    message: '.',
    lastTransitionTime: '2026-01-02T03:04:06.678Z',
  })),
});

/** A Rancher with the services of these sessions, the first `1s1`, and what the survey makes of it. */
async function look(served: Session[], options: Look = {}) {
  const rancher = new FakeRancher();
  const { services } = rancher.client();
  for (const each of served) await services.create(serviceBody(each, SECRET, PLACE));
  for (const name of options.strange ?? []) await services.create({ name, stackId: STACK, launchConfig: { labels: {} } });
  await services.create({ name: 'far-away', stackId: '1st2', launchConfig: { labels: {} } });
  const before = rancher.calls.length;
  const world = await readWorld({ rancher: rancher.client(), stackId: STACK }, log);
  expect(rancher.calls.length).toBe(before);
  const WarmPool = (options.pools ?? []).map((pool) => warmPoolSchema.parse(pool));
  const objects = { Session: options.records ?? served, SessionTemplate: [options.now ?? template()], WarmPool };
  return survey({ objects, deleted: new Set(options.deleted) }, world, 'web');
}

describe('the survey', () => {
  it('finds nothing to do where all is as it should be', async () => {
    const alice = session('alice', 1, { status: READY('1i1') });
    const found = await look([alice]);
    expect(found.sessions).toEqual([
      {
        name: 'alice',
        uid: uid(1),
        owner: 'alice',
        phase: 'Ready',
        step: 'settled',
        why: 'There is nothing to do.',
        service: { id: '1s1', name: 'alice', state: 'active' },
      },
    ]);
    expect({ ...found, sessions: [] }).toEqual({
      sessions: [],
      duplicates: [],
      adoptions: [],
      strays: [],
      others: 0,
      drift: [],
      pools: [],
    });
  });

  it("tells the loop's next step, and what was recorded of the last one", async () => {
    const condition = {
      type: 'Ready',
      status: 'False',
      reason: 'X',
      message: 'Rancher refuses it (422): x.',
      lastTransitionTime: '2026-01-02T03:04:06.678Z',
    };
    const missing = session('bob', 2, { status: { phase: 'Failed', conditions: [condition] } });
    const unknown = session('carol', 3);
    const toStop = session('dave', 4, { running: false, status: READY('1i2') });
    const found = await look([unknown, toStop], { records: [missing, unknown, toStop] });
    expect(found.sessions.map(({ name, step, why }) => [name, step, why])).toEqual([
      ['bob', 'create', 'Its service is created at Rancher. Last time: Rancher refuses it (422): x.'],
      ['carol', 'probe', 'The container is asked whether it answers.'],
      ['dave', 'confirmRoute', 'The route has to be seen gone at Traefik.'],
    ]);
  });

  it('tells of a service that is not where it was', async () => {
    const service = { id: '1s9', name: 'alice', state: 'active' };
    const found = await look([], { records: [session('alice', 1, { status: { ...READY('1i9'), service } })] });
    expect(found.sessions[0]).toMatchObject({ step: 'create', why: expect.stringContaining('alice (1s9) is not in the stack any more') });
  });

  it('tells who holds a name that a session wants', async () => {
    const found = await look([], { records: [session('alice', 1)], strange: ['Alice'] });
    expect(found.sessions[0]?.why).toBe(
      "Its service can't be created: 1s1 has the name Alice and is not this session's. Rename or remove that one.",
    );
    expect(found.others).toBe(1);
  });

  it('tells duplicates', async () => {
    const alice = session('alice', 1, { status: READY('1i2') });
    const kept = { ...alice, status: { ...alice.status, service: { id: '1s2', name: 'alice', state: 'active' } } };
    const found = await look([alice, alice], { records: [kept] });
    expect(found.duplicates).toEqual([{ session: 'alice', kept: '1s2', removed: ['1s1'] }]);
    expect(found.sessions[0]?.step).toBe('remove');
  });

  it("tells whose record would be made again, and which services are nobody's", async () => {
    const served = [session('alice', 1), session('gone', 7), session('bob', 8), session('bob', 9)];
    const found = await look(served, { records: [], deleted: [uid(7)] });
    const why = 'Its record was lost and is made again.';
    expect(found.adoptions).toEqual([
      { session: 'alice', uid: uid(1), services: ['1s1'], why },
      { session: 'bob', uid: uid(8), services: ['1s3'], why },
    ]);
    const message = 'its session was deleted; remove the service';
    expect(found.strays).toEqual([
      { id: '1s2', name: 'gone', state: 'active', uid: uid(7), reason: 'deleted', message },
      expect.objectContaining({ id: '1s4', reason: 'name-taken', message: 'another service is the session bob; remove one of the two' }),
    ]);
  });

  it('tells whom an adoption makes room, and who has the name for good', async () => {
    const waiting = session('alice', 1);
    expect((await look([session('alice', 2)], { records: [waiting] })).adoptions[0]?.why).toContain('makes room');
    const served = { ...waiting, status: { ...waiting.status, service: { id: '1s9', name: 'alice', state: 'active' } } };
    const found = await look([session('alice', 2)], { records: [served] });
    expect([found.adoptions, found.strays[0]?.reason]).toEqual([[], 'name-taken']);
  });

  it('tells drift by names, and no value of a variable, a label or a cookie', async () => {
    const now = template({ generation: 4, tag: '2.0', env: { TOKEN: 'another-secret', NEW: 'x' }, hosts: ['example.org'], port: 9999 });
    const found = await look([session('alice', 1, { status: READY('1i1') })], { now });
    const router = `traefik.http.routers.${uid(1)}.rule`;
    expect(found.drift).toEqual([
      {
        session: 'alice',
        service: '1s1',
        template: { name: 'narrative', copied: 1, current: 4 },
        image: { running: 'kbase/narrative:1.0', template: 'kbase/narrative:2.0' },
        environment: ['NEW', 'TOKEN', 'WHO'],
        labels: [router, `traefik.http.services.${uid(1)}.loadbalancer.server.port`],
        fields: ['launch.port', 'route'],
      },
    ]);
    expect(found.sessions[0]?.step).toBe('settled');
    expect(JSON.stringify(found)).not.toMatch(/secret|example\.org/);
    expect(JSON.stringify(found)).not.toContain(SECRET);
  });

  it('sees no drift in a new generation that gives the same, nor in labels that Rancher added', async () => {
    const rancher = new FakeRancher();
    const alice = session('alice', 1);
    const body = serviceBody(alice, SECRET, PLACE) as unknown as Service & {
      name: string;
      stackId: string;
      launchConfig: { labels: Record<string, string> };
    };
    body.launchConfig.labels['io.rancher.service.hash'] = 'abc';
    await rancher.client().services.create(body);
    const world = await readWorld({ rancher: rancher.client(), stackId: STACK }, log);
    const objects = { Session: [alice], SessionTemplate: [template({ generation: 9 })], WarmPool: [] };
    expect(survey({ objects, deleted: new Set() }, world, 'web').drift).toEqual([]);
  });

  it('tells what a pool has, lacks and lets go; its members are no drift', async () => {
    const old = session('pre-1', 1, { pool: 'narrative', status: READY('1i1') });
    const now = template({ generation: 2, tag: '2.0' });
    const good = session('pre-2', 2, { pool: 'narrative', status: READY('1i2'), from: now });
    const pool = {
      apiVersion: 'mooring.dev/v1',
      kind: 'WarmPool',
      metadata: meta('narrative', 901),
      spec: { templateRef: { name: 'narrative' }, replicas: 3 },
    };
    const found = await look([old, good], { now, pools: [pool] });
    expect(found.pools).toEqual([
      {
        name: 'narrative',
        size: 3,
        waiting: 2,
        ready: 1,
        version: { generation: 2, image: 'kbase/narrative:2.0' },
        create: 2,
        remove: ['pre-1'],
      },
    ]);
    expect(found.drift).toEqual([]);
  });

  it('says nothing where Rancher gives no whole answer', async () => {
    const rancher = new FakeRancher();
    rancher.down = true;
    await expect(readWorld({ rancher: rancher.client(), stackId: STACK }, log)).rejects.toThrow('no answer');
  });
});
