import { describe, expect, it } from '@jest/globals';
import type { LaunchConfig } from '@mooring/rancher-client';
import { seeTarget } from '../../src/rollouts/target.js';
import { upgradeBody } from '../../src/rollouts/upgrade-body.js';

const config = (imageUuid: string, rest: object = {}): LaunchConfig =>
  ({
    imageUuid,
    labels: { a: 'b' },
    environment: { X: null },
    capDrop: ['CHOWN'],
    version: '0',
    drainTimeoutMs: 0,
    ...rest,
  }) as LaunchConfig;

describe('the body of an upgrade', () => {
  const primary = config('docker:acme/web:1.0', { healthCheck: { port: 80 } });
  const sidekicks = [
    config('docker:acme/web:1.0', { name: 'worker' }),
    config('docker:acme/log:1.0', { name: 'log' }),
    config('docker:acme/web:main', { name: 'odd' }),
  ];

  it('is the whole of what was read, sidekicks included, but for the image of what is upgraded', () => {
    expect(upgradeBody({ launchConfig: primary, secondaryLaunchConfigs: sidekicks }, 'acme/web:2.0', true)).toEqual({
      inServiceStrategy: {
        type: 'inServiceUpgradeStrategy',
        startFirst: true,
        launchConfig: { ...primary, imageUuid: 'docker:acme/web:2.0' },
        secondaryLaunchConfigs: [{ ...sidekicks[0], imageUuid: 'docker:acme/web:2.0' }, sidekicks[1], sidekicks[2]],
      },
    });
  });

  it('leaves the service alone where only a sidekick is of that image', () => {
    const other = config('docker:acme/db:1.0');
    expect(upgradeBody({ launchConfig: other, secondaryLaunchConfigs: sidekicks.slice(0, 1) }, 'acme/web:2.0', false)).toMatchObject({
      inServiceStrategy: { launchConfig: other, secondaryLaunchConfigs: [{ imageUuid: 'docker:acme/web:2.0' }] },
    });
  });

  it('is seen with all that it runs, and with the versions of all of it', () => {
    const service = { id: '1s1', name: 'web', state: 'active', removed: null, launchConfig: primary, secondaryLaunchConfigs: sidekicks };
    const target = seeTarget({ id: '1a5', name: 'dev' }, service as unknown as Parameters<typeof seeTarget>[1]);
    expect(target).toMatchObject({
      key: '1a5/1s1',
      images: ['acme/web:1.0', 'acme/web:1.0', 'acme/log:1.0', 'acme/web:main'],
      revision: '0,0,0,0',
    });
    expect([...target.labels]).toEqual(['a']);
  });
});
