import { describe, expect, it } from '@jest/globals';
import { idlePolicySchema, type Launch, POOL_LABEL, POOL_OWNER, type Session, sessionSchema, UNCLAIMED_LABEL } from '@mooring/resources';
import fc from 'fast-check';
import { type Rebuilt, rebuildSession, type ServiceRecord } from '../../src/adoption/rebuild.js';
import { launchHash } from '../../src/sessions/launch-hash.js';
import { serviceBody, serviceIdentity } from '../../src/sessions/service-body.js';
import { aSession, SECRET } from '../sessions/sample.js';

const PLACE = { stackId: '1st7', entryPoint: 'web' };

/** What Rancher makes of the body: it chooses the host's port, and has a state of its own. */
function atRancher(session: Session, secret: string | undefined = SECRET): ServiceRecord {
  const body = structuredClone(serviceBody(session, secret, PLACE)) as unknown as ServiceRecord;
  const { launchConfig } = body;
  if (launchConfig?.ports) launchConfig.ports = launchConfig.ports.map((port) => `49153:${port}`);
  return { ...body, state: session.spec.running ? 'active' : 'inactive' };
}

const rebuilt = (service: ServiceRecord): Exclude<Rebuilt, { problem: string }> => {
  const result = rebuildSession(service);
  if ('problem' in result) throw new Error(result.problem);
  return result;
};
const problem = (service: ServiceRecord): string => {
  const result = rebuildSession(service);
  return 'problem' in result ? result.problem : '';
};

const name = fc.stringMatching(/^[A-Za-z0-9]{1,20}(-[A-Za-z0-9]{1,20})?$/);
const texts = fc.dictionary(
  fc.string({ minLength: 1, maxLength: 10 }).filter((key) => key !== POOL_LABEL),
  fc.string({ maxLength: 20 }),
  { maxKeys: 3 },
);
const route = fc.oneof(
  fc.constant({ type: 'none' as const }),
  fc.record({
    type: fc.constant('cookie' as const),
    cookieName: fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/),
    pathPrefix: fc.constantFrom('/', '/narrative/', '/a/b/'),
    hosts: fc.array(fc.domain(), { maxLength: 2 }),
  }),
);
const launch = fc.record(
  {
    image: fc.constantFrom('kbase/narrative:1.0', 'registry.example:5000/a/b@sha256:00', 'x'),
    command: fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
    entrypoint: fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
    ports: fc.array(fc.integer({ min: 1, max: 65535 }), { maxLength: 3 }),
    tty: fc.constant(false),
    env: fc.dictionary(
      fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,9}$/),
      fc.string().filter((text) => !text.includes('\0')),
    ),
    // Some are ours as well: then ours count at Rancher, and the Session's own are kept all the same.
    labels: fc.oneof(texts, fc.constant({ session_id: 'mine', 'traefik.enable': 'no' })),
    port: fc.integer({ min: 1, max: 65535 }),
    capDrop: fc.array(fc.stringMatching(/^[A-Z_]{1,8}$/), { maxLength: 3 }),
    memory: fc.integer({ min: 4 * 1024 * 1024, max: 2 ** 40 }),
    volumes: fc.array(fc.constantFrom('work:/home/work', '/a/b:/c:ro'), { maxLength: 2 }),
  },
  { requiredKeys: ['image', 'env', 'labels', 'port', 'capDrop', 'volumes'] },
);

const anySession = fc
  .record({
    name,
    uid: fc.uuid(),
    labels: texts,
    annotations: texts,
    owner: fc.string({ minLength: 1, maxLength: 40 }),
    template: fc.option(fc.record({ name, generation: fc.integer({ min: 1, max: 1000 }) }), { nil: undefined }),
    launch,
    route,
    probe: fc.constantFrom('/', '/narrative/api/status'),
    running: fc.boolean(),
    restartPolicy: fc.option(fc.constantFrom('Never', 'Always'), { nil: undefined }),
    ttlSeconds: fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }),
    idlePolicy: fc.option(fc.record({ afterSeconds: fc.integer({ min: 1, max: 100_000 }), action: fc.constantFrom('Stop', 'Delete') }), {
      nil: undefined,
    }),
  })
  .map(({ name: own, uid, labels, annotations, owner, template, probe, ...spec }) =>
    sessionSchema.parse({
      ...aSession(),
      metadata: { ...aSession().metadata, name: own, uid, labels, annotations },
      spec: { ...spec, owner: { name: owner }, probe: { path: probe }, ...(template && { templateRef: template }) },
    }),
  );

describe('rebuildSession', () => {
  it('is the inverse of serviceBody, for any session', () => {
    fc.assert(
      fc.property(anySession, (session) => {
        const { draft, uid, secret } = rebuilt(atRancher(session));
        const { finalizers, labels, annotations } = session.metadata;
        expect(draft.spec).toEqual(session.spec);
        // What was rebuilt is started again as it is, and not made anew.
        expect(launchHash(draft.spec.launch as Launch)).toBe(launchHash(session.spec.launch));
        expect(draft.metadata).toEqual({ name: session.metadata.name, labels, annotations, finalizers });
        expect(uid).toBe(session.metadata.uid);
        expect(secret).toBe(session.spec.route.type === 'none' ? undefined : SECRET);
      }),
    );
  });

  it('takes owner and name from the last rename, and the rest from the creation', () => {
    const warm = aSession();
    warm.spec.owner.name = POOL_OWNER;
    warm.metadata.labels[POOL_LABEL] = 'narrative';
    const service = atRancher(warm);
    const claimed = structuredClone(warm);
    claimed.spec.owner.name = 'alice';
    claimed.metadata.name = 'narrative-alice-1';
    delete claimed.metadata.labels[POOL_LABEL];
    const { draft } = rebuilt({ ...service, ...serviceIdentity(claimed) });
    expect(draft.metadata).toMatchObject({ name: 'narrative-alice-1', labels: {} });
    expect(draft.spec).toEqual(claimed.spec);
  });

  it('keeps one that nobody had claimed out of its pool', () => {
    const warm = aSession();
    warm.spec.owner.name = POOL_OWNER;
    warm.metadata.labels[POOL_LABEL] = 'narrative';
    expect(rebuilt(atRancher(warm)).draft.metadata.labels).toEqual({ [UNCLAIMED_LABEL]: 'narrative' });
  });

  it('lets one that nobody had claimed go when nobody uses it, whatever its template says', () => {
    const warm = aSession();
    warm.spec.owner.name = POOL_OWNER;
    expect(rebuilt(atRancher(warm)).draft.spec.idlePolicy).toMatchObject({ afterSeconds: 3600, action: 'Delete' });
    warm.spec.idlePolicy = idlePolicySchema.parse({ afterSeconds: 60, action: 'Stop', sources: ['jupyter'] });
    expect(rebuilt(atRancher(warm)).draft.spec.idlePolicy).toMatchObject({ afterSeconds: 60, action: 'Delete', sources: ['jupyter'] });
    expect(rebuilt(atRancher(aSession())).draft.spec.idlePolicy).toBeUndefined();
  });

  it.each(['inactive', 'deactivating'])('leaves what is %s stopped', (state) => {
    expect(rebuilt({ ...atRancher(aSession()), state }).draft.spec.running).toBe(false);
  });

  it('says what is missing', () => {
    const whole = atRancher(aSession());
    const labels = whole.launchConfig?.labels ?? {};
    const labelled = (changes: Record<string, string>): ServiceRecord => ({
      ...whole,
      launchConfig: { ...whole.launchConfig, labels: { ...labels, ...changes } },
    });
    expect(problem({ ...whole, metadata: {} })).toMatch(/metadata/);
    expect(problem({ ...whole, metadata: { mooring: { uid: 'x' } } })).toMatch(/metadata/);
    expect(problem({ ...whole, launchConfig: { ...whole.launchConfig, ports: [] } })).toMatch(/launch\.port/);
    expect(problem({ ...whole, launchConfig: { ...whole.launchConfig, imageUuid: null } })).toMatch(/launch\.image/);
    expect(problem({ ...whole, launchConfig: null })).toMatch(/launch\.image/);
    expect(problem(labelled({ session_id: 'not a secret' }))).toMatch(/session_id/);
    expect(problem(labelled({ 'mooring.dev/session': '00000000-0000-4000-8000-000000000000' }))).toMatch(/different sessions/);
  });
});
