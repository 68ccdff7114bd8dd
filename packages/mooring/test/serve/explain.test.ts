import { describe, expect, it } from '@jest/globals';
import { RancherError, RancherUnreachableError } from '@mooring/rancher-client';
import { explainFailure } from '../../src/serve/explain.js';

const asked = { method: 'GET', path: '/projects' };
const settings = { rancher_url: 'http://rancher:8080/v2-beta', rancher_user: 'key' };

describe('what is said while the place is not found', () => {
  it('names the key of the address where Rancher gives no answer', () => {
    const error = new RancherUnreachableError(asked, {
      code: 'Connection',
      outcome: 'not-sent',
      reason: 'the connection failed (ECONNREFUSED)',
    });
    expect(explainFailure(error, settings)).toMatch(
      /^Rancher at http:\/\/rancher:8080\/v2-beta can't be asked: .*ECONNREFUSED.*correct rancher_url\.$/,
    );
  });

  it('names the keys of the credentials where Rancher does not know them, or wants some', () => {
    const error = new RancherError(asked, { status: 401, code: 'Unauthorized' });
    expect(explainFailure(error, settings)).toMatch(/401.*Correct rancher_user and rancher_password\.$/);
    expect(explainFailure(error, { rancher_url: settings.rancher_url, rancher_user: undefined })).toMatch(
      /Set rancher_user and rancher_password\.$/,
    );
  });

  it('leaves other errors as they are', () => {
    expect(explainFailure(new Error('no stack'), settings)).toBe('no stack');
    expect(explainFailure('odd', settings)).toBe('odd');
  });
});
