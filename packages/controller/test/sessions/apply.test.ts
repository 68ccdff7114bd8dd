import { describe, expect, it } from '@jest/globals';
import { RancherError, RancherUnreachableError } from '@mooring/rancher-client';
import { troubleOf } from '../../src/sessions/apply.js';

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
