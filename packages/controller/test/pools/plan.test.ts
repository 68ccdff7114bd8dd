import { describe, expect, it } from '@jest/globals';
import { type Session, type SessionTemplate, sessionTemplateSchema, type WarmPool, warmPoolSchema } from '@mooring/resources';
import fc from 'fast-check';
import { AT_ONCE, namesItsSession, planPool } from '../../src/pools/plan.js';
import { aSession } from '../sessions/sample.js';

const metadata = {
  name: 'narrative',
  uid: '6b2f6c1e-6f0e-4d3e-9f7a-0c5b8a1f4d12',
  generation: 1,
  resourceVersion: '1',
  creationTimestamp: '2026-01-02T03:04:05.678Z',
};
const VERSION = { generation: 3, image: 'kbase/narrative:2.0' };

const aPool = (replicas: number): WarmPool =>
  warmPoolSchema.parse({
    apiVersion: 'mooring.dev/v1',
    kind: 'WarmPool',
    metadata,
    spec: { templateRef: { name: 'narrative' }, replicas },
  });

const member = ({ ready = true, image = VERSION.image, generation = 3, deleting = false } = {}): Session => {
  const session = aSession({ deleting, status: { phase: ready ? 'Ready' : 'Starting' } });
  session.spec.launch.image = image;
  session.spec.templateRef = { name: 'narrative', generation };
  return session;
};

describe('planPool', () => {
  it('asks for what is missing, in handfuls', () => {
    expect(planPool(aPool(3), VERSION, [])).toEqual({ create: 3, remove: [], ready: 0 });
    expect(planPool(aPool(50), VERSION, []).create).toBe(AT_ONCE);
    expect(planPool(aPool(50), VERSION, [member({ ready: false })]).create).toBe(AT_ONCE - 1);
  });

  it('lets another version go, of the image or of the template', () => {
    const old = [member({ image: 'kbase/narrative:1.0' }), member({ generation: 2 })];
    expect(planPool(aPool(2), VERSION, old)).toEqual({ create: 2, remove: old, ready: 0 });
  });

  it('shrinks by those that are not ready first', () => {
    const [one, two, starting] = [member(), member(), member({ ready: false })];
    expect(planPool(aPool(2), VERSION, [starting, one, two]).remove).toEqual([starting]);
    expect(planPool(aPool(0), VERSION, [one]).remove).toEqual([one]);
  });

  it('leaves all alone while the version is not known, but for a pool that is to be empty', () => {
    expect(planPool(aPool(2), undefined, [member()])).toEqual({ create: 0, remove: [], ready: 0 });
    expect(planPool(aPool(0), undefined, [member()]).remove).toHaveLength(1);
  });

  it('settles on as many of the wanted version as are wanted, whatever was there', () => {
    const some = fc.array(
      fc.record({ ready: fc.boolean(), image: fc.constantFrom(VERSION.image, 'kbase/narrative:1.0'), deleting: fc.boolean() }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 30 }), (kinds, replicas) => {
        let members = kinds.map(member);
        for (let round = 0; round < 20; round++) {
          const { create, remove } = planPool(aPool(replicas), VERSION, members);
          members = members.filter((session) => !remove.includes(session) && !session.metadata.deletionTimestamp);
          for (const session of members) session.status.phase = 'Ready';
          members.push(...Array.from({ length: create }, () => member({ ready: false })));
        }
        expect(planPool(aPool(replicas), VERSION, members)).toEqual({ create: 0, remove: [], ready: replicas });
      }),
    );
  });
});

describe('namesItsSession', () => {
  const template = (launch: object): SessionTemplate =>
    sessionTemplateSchema.parse({
      apiVersion: 'mooring.dev/v1',
      kind: 'SessionTemplate',
      metadata,
      spec: { image: { name: 'kbase/narrative', tag: '1' }, launch, route: { type: 'cookie' } },
    });
  it('is true where the launch depends on whose the session is', () => {
    expect(namesItsSession(template({ volumes: ['work-$(SESSION_NAME):/home/work'] }))).toBe(true);
    expect(namesItsSession(template({ env: { USER: '$(SESSION_OWNER)' } }))).toBe(true);
    expect(namesItsSession(template({ env: { USER: 'x' }, volumes: ['cache:/cache'] }))).toBe(false);
  });
});
