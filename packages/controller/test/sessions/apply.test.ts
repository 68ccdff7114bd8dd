import { describe, expect, it } from '@jest/globals';
import { RancherError, RancherUnreachableError } from '@mooring/rancher-client';
import { ConflictError } from '@mooring/resources';
import { apply, troubleOf } from '../../src/sessions/apply.js';
import type { Hands } from '../../src/sessions/hands.js';
import type { SeenContainer, SeenService } from '../../src/sessions/seen.js';
import { aService, aSession } from './sample.js';

const REQUEST = { method: 'POST', path: '/v2-beta/projects/1a5/services' };
const refusal = (details: object) => new RancherError(REQUEST, { status: 422, code: 'InvalidReference', ...details });

describe('troubleOf', () => {
  it('says what Rancher refused, field and detail included', () => {
    expect(troubleOf(refusal({ fieldName: 'imageUuid', message: 'no such image', detail: 'docker:x' }))).toEqual({
      reason: 'InvalidReference',
      message: 'Rancher refuses it (422): no such image, field imageUuid, docker:x.',
      refused: true,
    });
  });

  it('makes one word of a code, and a short sentence of a long one', () => {
    const trouble = troubleOf(new RancherError(REQUEST, { status: 500, code: 'Not Found', detail: 'at java.lang'.repeat(10_000) }));
    expect([trouble.reason, trouble.refused]).toEqual(['NotFound', false]);
    expect(trouble.message.length).toBeLessThan(400);
  });

  it('blames nobody else for a slip of ours, and tells none of it', () => {
    expect(troubleOf(new TypeError("secret is not 'a function'"))).toMatchObject({
      reason: 'TriedAgain',
      refused: false,
      message: expect.not.stringContaining('secret'),
    });
  });

  it('knows a Rancher that gives no answer', () => {
    const error = new RancherUnreachableError(REQUEST, { code: 'Timeout', outcome: 'unknown', reason: 'no answer within 10 ms' });
    expect(troubleOf(error)).toMatchObject({
      reason: 'RancherUnavailable',
      refused: false,
      message: expect.stringContaining('within 10 ms'),
    });
  });
});

describe('a service that is given up', () => {
  const stuck = { ...aService({ state: 'activating', transitioning: 'error' }), containers: [] as SeenContainer[] };
  const runs = { ...stuck, containers: [{ id: '1i1', state: 'running' } as SeenContainer] };
  const now = (...services: (typeof stuck)[]) => services as unknown as SeenService[];

  /** What is done at Rancher, which says `services` when it is asked. */
  async function doneTo(services: SeenService[], running = true): Promise<string[]> {
    const done: string[] = [];
    const hands = {
      gateway: { deactivate: async (id: string) => done.push(`deactivate ${id}`) },
      view: { readBack: async () => done.push('read'), services: () => services, saw: () => undefined },
    };
    await apply({ type: 'deactivate', service: aService() }, aSession({ running }), hands as unknown as Hands);
    return done;
  }

  it('is deactivated where Rancher has just said that it can not start', async () => {
    expect(await doneTo(now(stuck))).toEqual(['read', 'deactivate 1s1']);
  });

  it.each([
    ['started meanwhile', now({ ...stuck, state: 'active', transitioning: 'no' })],
    ['has a container that runs', now(runs)],
    ['is another one by now', now({ ...stuck, id: '1s2' })],
    ['is gone', now()],
  ])('is left alone where it %s', async (_what, services) => {
    expect(await doneTo(services)).toEqual(['read']);
  });

  it('is deactivated unasked where nobody wants it to run', async () => {
    expect(await doneTo(now(runs), false)).toEqual(['deactivate 1s1']);
  });

  it('is left alone where somebody came back while the call waited for its turn', async () => {
    const done: string[] = [];
    const asked = aSession({ running: false });
    const record = { ...asked };
    const hands = {
      gateway: {
        deactivate: async (id: string, check: () => void) => {
          record.spec = { ...asked.spec, running: true };
          check();
          done.push(id);
        },
      },
      view: { saw: () => undefined },
      sessions: { byUid: () => record },
    };
    const applied = apply({ type: 'deactivate', service: aService() }, asked, hands as unknown as Hands);
    await expect(applied).rejects.toThrow(ConflictError);
    expect(done).toEqual([]);
  });
});
