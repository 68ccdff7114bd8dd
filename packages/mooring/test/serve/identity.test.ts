import { afterEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config/config.js';
import { Shutdown } from '../../src/process/shutdown.js';
import { openIdentity } from '../../src/serve/identity.js';
import { recordingLogger } from '../support/logger.js';

const KEY = Buffer.alloc(32, 1);
const OIDC = {
  MOORING_IDENTITY: 'oidc',
  MOORING_OIDC_ISSUER: 'https://sso.example/realms/lab',
  MOORING_OIDC_CLIENT_ID: 'mooring',
  MOORING_PUBLIC_URL: 'https://lab.example',
};

let shutdown: Shutdown;
afterEach(() => shutdown.close());

function open(environment: Record<string, string>) {
  shutdown = new Shutdown(recordingLogger().logger);
  return openIdentity(readConfig(environment, 'machine').settings, KEY, shutdown);
}

describe('what MOORING_IDENTITY chooses', () => {
  it('is auth2 unless another is named', () => {
    const { identity, oidc } = open({ auth2: 'https://auth.example/me' });
    expect([identity.kind, oidc]).toEqual(['auth2', undefined]);
  });

  it('is an OpenID provider, at which people sign in', () => {
    const { identity, oidc } = open(OIDC);
    expect(identity).toBe(oidc);
    expect(oidc).toMatchObject({ kind: 'oidc', publicUrl: 'https://lab.example', maxAgeSeconds: 28_800 });
  });

  it('is a proxy’s header', () => {
    expect(open({ MOORING_IDENTITY: 'header', MOORING_HEADER_NETWORKS: '10.42.0.0/16' }).identity.kind).toBe('header');
  });
});
