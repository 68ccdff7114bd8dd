import { describe, expect, it } from '@jest/globals';
import {
  instantiate,
  newVersionOf,
  reinstantiated,
  type Session,
  type SessionTemplate,
  sessionSpecSchema,
  updated,
  withoutUpdate,
} from '../src/index.js';
import { template } from './support/drafts.js';

const LAUNCH = { env: {}, labels: {}, port: 8888, capDrop: [], volumes: [] };

/** A stopped session as the template made it. */
function stopped(from: SessionTemplate, change: Partial<Session['spec']> = {}): Session {
  const { spec } = instantiate(from, { name: 'narrative-ada-1', owner: 'ada' });
  return {
    apiVersion: 'mooring.dev/v1',
    kind: 'Session',
    metadata: { ...from.metadata, name: 'narrative-ada-1', labels: { tier: 'one' } },
    spec: { ...sessionSpecSchema.parse(spec), running: false, ...change },
    status: { phase: 'Stopped', conditions: [] },
  };
}

const later = (spec: Partial<SessionTemplate['spec']>): SessionTemplate => {
  const changed = template(spec);
  return { ...changed, metadata: { ...changed.metadata, generation: 4 } };
};

describe('a stopped session, made anew from its template', () => {
  it('gets what the template says now, and keeps owner and route', () => {
    const session = stopped(template(), { route: { type: 'none' } });
    const policy = { afterSeconds: 60, action: 'Stop' as const };
    const now = later({
      image: { name: 'kbase/narrative', tag: '5.0' },
      launch: { ...LAUNCH, env: { WHO: '$(SESSION_OWNER)' }, port: 9999 },
      probe: { path: '/other' },
      idlePolicy: sessionSpecSchema.shape.idlePolicy.unwrap().parse(policy),
    });
    expect(reinstantiated(session, now)).toEqual({
      owner: { name: 'ada' },
      templateRef: { name: 'narrative', generation: 4 },
      launch: { ...LAUNCH, image: 'kbase/narrative:5.0', env: { WHO: 'ada' }, port: 9999 },
      route: { type: 'none' },
      probe: { path: '/other' },
      running: false,
      idlePolicy: expect.objectContaining(policy),
    });
  });

  it('loses a policy that the template no longer has', () => {
    const idlePolicy = sessionSpecSchema.shape.idlePolicy.unwrap().parse({ afterSeconds: 60 });
    const session = stopped(template({ idlePolicy }));
    expect(session.spec.idlePolicy).toBeDefined();
    expect(reinstantiated(session, later({})).idlePolicy).toBeUndefined();
  });

  it('gets another version of the image, though the template itself is the same', () => {
    const image = { name: 'kbase/narrative', versionUrl: 'http://127.0.0.1/version' };
    const session = stopped(template({ image }, { image: 'kbase/narrative:1' }));
    expect(reinstantiated(session, template({ image }, { image: 'kbase/narrative:2' })).launch.image).toBe('kbase/narrative:2');
  });

  it('keeps what is mounted where the template mounts something, whatever it is called', () => {
    const session = stopped(template(), { launch: { ...LAUNCH, image: 'i:1', volumes: ['work-warm-1:/home/work', 'old:/gone'] } });
    const volumes = ['work-$(SESSION_NAME):/home/work:rw', 'extra:/extra:ro'];
    expect(reinstantiated(session, later({ launch: { ...LAUNCH, volumes } })).launch.volumes).toEqual([
      'work-warm-1:/home/work',
      'extra:/extra:ro',
      'old:/gone',
    ]);
  });

  it('keeps the variables that the template no longer has, and gets its new values', () => {
    const session = stopped(template(), { launch: { ...LAUNCH, image: 'i:1', env: { MINE: '1', COMMON: 'old' } } });
    expect(reinstantiated(session, later({ launch: { ...LAUNCH, env: { COMMON: 'new', MORE: '2' } } })).launch.env).toEqual({
      MINE: '1',
      COMMON: 'new',
      MORE: '2',
    });
  });

  it.each([
    ['the template is as it was', template()],
    ['there is no template', undefined],
    ['the image is not known', later({ image: { name: 'kbase/other', versionUrl: 'http://127.0.0.1/version' } })],
    ['the template is another one', { ...later({}), metadata: { ...later({}).metadata, name: 'other' } }],
  ])('stays as it is where %s', (_why, current) => {
    const session = stopped(template());
    expect(reinstantiated(session, current)).toBe(session.spec);
  });

  it('stays as it is where a new volume can’t be named for its owner', () => {
    const session = stopped(template(), { owner: { name: '../ada' } });
    expect(reinstantiated(session, later({ launch: { ...LAUNCH, volumes: ['w-$(SESSION_OWNER):/work'] } }))).toBe(session.spec);
  });

  it('stays as it is where it was imported, from no template', () => {
    const { templateRef: _none, ...spec } = stopped(template()).spec;
    const imported = { ...stopped(template()), spec };
    expect(reinstantiated(imported, later({}))).toBe(spec);
  });
});

describe('a new version for a session that runs', () => {
  const running = (): Session => stopped(template(), { running: true });

  it('is what the template launches by now, with its generation and probe', () => {
    const now = later({ image: { name: 'kbase/narrative', tag: '5.0' }, probe: { path: '/other' } });
    const version = newVersionOf(running(), now);
    expect(version).toEqual({
      templateRef: { name: 'narrative', generation: 4 },
      launch: { ...LAUNCH, image: 'kbase/narrative:5.0' },
      probe: { path: '/other' },
    });
    const session = running();
    session.spec.update = { by: 'Asked', ...(version as NonNullable<typeof version>) };
    expect(updated(session).spec).toEqual({ ...running().spec, ...version });
    expect(withoutUpdate(session).spec).toEqual(running().spec);
  });

  it('is none where only what is not launched has changed', () => {
    expect(newVersionOf(running(), later({ probe: { path: '/other' } }))).toBeUndefined();
    expect(newVersionOf(running(), template())).toBeUndefined();
    expect(newVersionOf(running(), undefined)).toBeUndefined();
  });
});
