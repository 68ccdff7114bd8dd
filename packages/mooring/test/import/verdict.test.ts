import { describe, expect, it } from '@jest/globals';
import { SESSION_LABEL } from '@mooring/controller';
import { type Container, containerSchema, type Service, serviceSchema } from '@mooring/rancher-client';
import { idlePolicySchema, type Session, sessionSchema } from '@mooring/resources';
import { findCandidates, withInstances } from '../../src/import/candidates.js';
import { formatImport, lineOf } from '../../src/import/report.js';
import { judge, type Surroundings, type Verdict } from '../../src/import/verdict.js';

const OLD = '0123456789abcdef0123456789abcdef';
const UID = '6b2f6c1e-6f0e-4d3e-9f7a-0c5b8a1f4d11';
const NAMING = { container_name: 'narrative-{}', container_name_prespawn: 'narrativepre-{}' };

interface Changes {
  id?: string;
  name?: string;
  state?: string;
  labels?: Record<string, string>;
  metadata?: Record<string, unknown>;
  running?: boolean;
}

const aContainer = (id: string, serviceId: string, state: string): Container =>
  containerSchema.parse({ id, type: 'container', state, name: 'c', primaryIpAddress: '10.42.0.9', serviceIds: [serviceId] });

/** As narrative-traefiker creates one, and Rancher keeps it. */
function aService({
  id = '1s7',
  name = 'narrative-ada-e4ea29',
  state = 'active',
  labels,
  metadata = {},
  running = true,
}: Changes = {}): Service {
  const service = serviceSchema.parse({
    id,
    type: 'service',
    name,
    state,
    metadata,
    launchConfig: {
      imageUuid: 'docker:kbase/narrative:4.2',
      environment: { A: 'b' },
      capDrop: ['MKNOD'],
      ports: ['49201:8888/tcp'],
      labels: labels ?? { session_id: OLD, 'traefik.enable': 'True', 'traefik.http.routers.x.rule': 'Host("a")' },
    },
  });
  return { ...service, instances: [aContainer(`${id}i`, id, running ? 'running' : 'stopped')] };
}

const around = (changes: Partial<Surroundings> = {}): Surroundings => ({
  template: {
    route: { type: 'cookie', cookieName: 'narrative_session', pathPrefix: '/narrative/', hosts: ['n.example.org'] },
    probe: { path: '/narrative/api/status' },
    idlePolicy: idlePolicySchema.parse({ afterSeconds: 600 }),
  },
  sessions: new Map(),
  firstOfName: new Map(),
  newUid: () => UID,
  now: new Date(0),
  ...changes,
});

const judged = (service: Service, changes: Partial<Surroundings> = {}): Verdict => {
  const [candidate] = findCandidates([service], NAMING);
  if (!candidate) throw new Error('no candidate');
  return judge(candidate, around(changes));
};
const reason = (verdict: Verdict): string => (verdict.action === 'import' ? '' : verdict.reason);

const held = (uid: string): Map<string, Session> => {
  const metadata = { name: 'narrative-ada-e4ea29', uid, generation: 1, resourceVersion: '1', creationTimestamp: '2026-01-02T03:04:05Z' };
  const spec = { owner: { name: 'ada' }, launch: { image: 'x' }, route: { type: 'none' } };
  const session = sessionSchema.parse({ apiVersion: 'mooring.dev/v1', kind: 'Session', metadata, spec });
  return new Map([[session.metadata.name, session]]);
};

describe('findCandidates', () => {
  it("takes what has narrative-traefiker's names and not our label, by name", () => {
    const services = [
      aService({ id: '1s1', name: 'narrativepre-1' }),
      aService({ id: '1s2', name: 'traefik' }),
      aService({ id: '1s3', name: 'narrative-b' }),
      aService({ id: '1s4', name: 'narrative-' }),
      aService({ id: '1s5', name: 'narrative-c', labels: { [SESSION_LABEL]: UID, session_id: OLD } }),
      aService({ id: '1s6', name: 'narrative-a' }),
    ];
    expect(findCandidates(services, NAMING).map(({ kind, service }) => [kind, service.name])).toEqual([
      ['session', 'narrative-a'],
      ['session', 'narrative-b'],
      ['prespawned', 'narrativepre-1'],
    ]);
  });

  it('joins containers to their services', () => {
    const [first, second] = withInstances([aService({ id: '1s1' }), aService({ id: '1s2' })], [aContainer('1i1', '1s2', 'running')]);
    expect([first?.instances, second?.instances?.map(({ id }) => id)]).toEqual([[], ['1i1']]);
  });
});

describe('judge', () => {
  it('makes a session of a service, which keeps its name, cookie and container, and belongs to nobody yet', () => {
    const verdict = judged(aService());
    expect(verdict).toMatchObject({
      action: 'import',
      uid: UID,
      secret: OLD,
      mark: { session: 'narrative-ada-e4ea29', uid: UID, owner: 'system:imported' },
      draft: {
        metadata: {
          name: 'narrative-ada-e4ea29',
          annotations: { 'mooring.dev/imported-service': '1s7' },
          finalizers: ['mooring.dev/service'],
        },
        spec: {
          owner: { name: 'system:imported' },
          launch: { image: 'kbase/narrative:4.2', env: { A: 'b' }, labels: {}, port: 8888, capDrop: ['MKNOD'] },
          route: { cookieName: 'narrative_session', hosts: ['n.example.org'] },
          running: true,
          idlePolicy: { afterSeconds: 600, action: 'Delete' },
        },
        status: { service: { id: '1s7' }, address: { ip: '10.42.0.9', port: 8888 }, conditions: [{ type: 'Reachable', status: 'True' }] },
      },
    });
  });

  it('starts nothing that has ended', () => {
    expect(judged(aService({ running: false }))).toMatchObject({ action: 'import', draft: { spec: { running: false } } });
    expect(judged(aService({ state: 'inactive', running: false }))).toMatchObject({
      action: 'import',
      draft: { spec: { running: false } },
    });
    expect(judged({ ...aService({ state: 'activating' }), instances: [] })).toMatchObject({ draft: { spec: { running: true } } });
  });

  it('goes on where an import was stopped, with the uid that it gave, and does nothing twice', () => {
    const first = judged(aService());
    const marked = aService({ metadata: { other: 1, mooring: first.action === 'import' ? first.mark : {} } });
    expect(judged(marked, { newUid: () => '00000000-0000-4000-8000-000000000000' })).toMatchObject({ action: 'import', uid: UID });
    expect(judged(marked, { sessions: held(UID) })).toMatchObject({ action: 'imported' });
  });

  it.each([
    ['is being removed', aService({ state: 'removing' }), {}, /being removed/],
    ['has no cookie', aService({ labels: {} }), {}, /no label session_id/],
    ['has another kind of cookie', aService({ labels: { session_id: `${OLD}0` } }), {}, /no label session_id/],
    ['has a name that no session can have', aService({ name: 'narrative-a--b' }), {}, /name/],
    ['has a name that is taken', aService(), { sessions: held('00000000-0000-4000-8000-000000000000') }, /session of that name/],
    ['is the second of its name', aService(), { firstOfName: new Map([['narrative-ada-e4ea29', '1s3']]) }, /1s3 has the same name/],
    ['can not be read back', { ...aService(), launchConfig: { ...aService().launchConfig, ports: [] } }, {}, /launch\.port/],
  ])('leaves alone what %s', (_what, service, changes: Partial<Surroundings>, why) => {
    const verdict = judged(service, changes);
    expect(verdict.action).toBe('leave');
    expect(reason(verdict)).toMatch(why);
  });

  it('lists what waits for somebody, to be drained by hand', () => {
    expect(judged(aService({ name: 'narrativepre-5' }))).toMatchObject({ action: 'drain' });
  });
});

describe('formatImport', () => {
  const lines = [aService(), aService({ id: '1s8', name: 'narrativepre-5' })].map((service) => lineOf(service, judged(service)));

  it('is a table that names no secret', () => {
    const text = formatImport(lines, { dryRun: true, json: false });
    expect(text).toMatch(
      /^SERVICE +NAME +STATE +IMAGE +OWNER +COOKIE +ACTION +WHY\n1s7 +narrative-ada-e4ea29 +active +kbase\/narrative:4\.2 +unknown +kept +import /,
    );
    expect(text).toContain('1 would be imported, 0 had been before, 1 to drain by hand, 0 left alone, 0 failed\n');
    expect(text).not.toContain(OLD);
    expect(formatImport([], { dryRun: false, json: false })).toMatch(/^0 imported, /);
  });

  it('is one object for programs', () => {
    expect(JSON.parse(formatImport(lines, { dryRun: false, json: true }))).toMatchObject({
      dryRun: false,
      services: [
        { service: '1s7', action: 'import', owner: 'unknown', cookie: 'kept' },
        { action: 'drain', owner: '-', cookie: '-' },
      ],
    });
  });
});
