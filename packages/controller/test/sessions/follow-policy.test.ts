import { describe, expect, it } from '@jest/globals';
import {
  ConflictError,
  drained,
  type IdlePolicy,
  IMPORTED_SERVICE_ANNOTATION,
  idlePolicySchema,
  type Session,
  type SessionTemplate,
  type Store,
  UNCLAIMED_LABEL,
} from '@mooring/resources';
import { quietLogger } from '../../../../leaks/quiet-logger.js';
import { followingPolicy, withPolicyOf } from '../../src/sessions/follow-policy.js';
import { aSession } from './sample.js';

const policy = (afterSeconds: number): IdlePolicy => idlePolicySchema.parse({ afterSeconds, action: 'Stop' });
const template = (idlePolicy: IdlePolicy | undefined) => ({ spec: { ...(idlePolicy && { idlePolicy }) } }) as SessionTemplate;
const log = quietLogger();

function ofTemplate(idlePolicy: IdlePolicy | undefined): Session {
  const session = aSession();
  session.spec.templateRef = { name: 'narrative', generation: 1 };
  if (idlePolicy) session.spec.idlePolicy = idlePolicy;
  return session;
}

describe("a session's idle policy follows its template's", () => {
  it('whether it had another or none, and nothing else changes', () => {
    for (const before of [policy(600), undefined]) {
      const session = ofTemplate(before);
      expect(withPolicyOf(template(policy(60)), session)).toEqual({ ...session, spec: { ...session.spec, idlePolicy: policy(60) } });
    }
    expect(withPolicyOf(template(undefined), ofTemplate(policy(600)))?.spec).not.toHaveProperty('idlePolicy');
  });

  it('and where they are the same, or it goes, there is nothing to write', () => {
    expect(withPolicyOf(template(policy(60)), ofTemplate(policy(60)))).toBeUndefined();
    expect(withPolicyOf(template(undefined), ofTemplate(undefined))).toBeUndefined();
    expect(withPolicyOf(undefined, ofTemplate(policy(60)))).toBeUndefined();
    const leaving = ofTemplate(policy(600));
    leaving.metadata.deletionTimestamp = '2030-01-01T00:00:00.000Z';
    expect(withPolicyOf(template(policy(60)), leaving)).toBeUndefined();
  });

  it('but what nobody had claimed when its record was lost is deleted all the same', () => {
    const unclaimed = ofTemplate(drained(policy(600)));
    unclaimed.metadata.labels[UNCLAIMED_LABEL] = 'narrative';
    expect(withPolicyOf(template(policy(60)), unclaimed)?.spec.idlePolicy).toEqual({ ...policy(60), action: 'Delete' });
    expect(withPolicyOf(template(policy(600)), unclaimed)).toBeUndefined();
    unclaimed.spec.idlePolicy = drained(undefined);
    expect(withPolicyOf(template(undefined), unclaimed)).toBeUndefined();
  });
});

describe('a session is brought up to it before it is reconciled', () => {
  const follow = async (session: Session, importsFollow?: string): Promise<Session[]> => {
    const written: Session[] = [];
    const store = { update: async (_kind: string, changed: Session) => written.push(changed) } as unknown as Store;
    const templates = { get: (name: string) => (name === 'narrative' ? template(policy(60)) : undefined) };
    let reconciled = 0;
    const reconcile = followingPolicy({ store, sessions: { get: () => session }, templates, importsFollow }, async () => {
      reconciled += 1;
      return undefined;
    });
    await reconcile(session.metadata.name, log);
    expect(reconciled).toBe(1);
    return written;
  };

  it('once', async () => {
    const [written, ...more] = await follow(ofTemplate(policy(600)));
    expect([written?.spec.idlePolicy, more]).toEqual([policy(60), []]);
    expect(await follow(written as Session)).toEqual([]);
  });

  it('and so is one that was imported, but none of another template or none', async () => {
    const imported = aSession();
    imported.metadata.annotations[IMPORTED_SERVICE_ANNOTATION] = '1s7';
    expect(await follow(imported, 'narrative')).toHaveLength(1);
    expect(await follow(imported)).toEqual([]);
    expect(await follow(aSession(), 'narrative')).toEqual([]);
    const other = ofTemplate(policy(600));
    other.spec.templateRef = { name: 'other', generation: 1 };
    expect(await follow(other, 'narrative')).toEqual([]);
  });

  it('unless somebody else wrote first: then it is looked at again anyway', async () => {
    const session = ofTemplate(policy(600));
    const refusing = (error: Error) => {
      const store = { update: () => Promise.reject(error) } as unknown as Store;
      const templates = { get: () => template(policy(60)) };
      return followingPolicy({ store, sessions: { get: () => session }, templates }, async () => undefined)('a', log);
    };
    await expect(refusing(new ConflictError('changed'))).resolves.toBeUndefined();
    await expect(refusing(new Error('disk full'))).rejects.toThrow('disk full');
  });
});
