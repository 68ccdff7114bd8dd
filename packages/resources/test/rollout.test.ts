import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openCache } from '../src/cache.js';
import type { InvalidError } from '../src/errors.js';
import { isEnd, isFinished, type RolloutSpec, SERVICE_PHASES } from '../src/rollout.js';
import { openStore } from '../src/sql-store.js';
import type { Store } from '../src/store.js';

let store: Store;
beforeEach(async () => {
  store = await openStore({ path: ':memory:' });
});
afterEach(async () => store.close());

const draft = (spec: object) => ({ metadata: { name: 'web-2' }, spec: { image: 'acme/web:2.0', ...spec } as RolloutSpec });

describe('a Rollout', () => {
  it('has the defaults of rancher-service-updater', async () => {
    const { spec, status } = await store.create('Rollout', draft({}));
    expect(spec).toEqual({
      image: 'acme/web:2.0',
      confirm: false,
      startFirst: false,
      timeoutSeconds: 30,
      onFailure: 'hold',
      selector: { labels: ['autoupdate.enable', 'autoupdate.enabled'], environments: ['.*'] },
      strategy: { atOnce: 5, environments: 'Together' },
      canceled: false,
    });
    expect(status).toEqual({ phase: 'Pending', conditions: [], services: [] });
  });

  it.each([
    [{ image: 'docker:acme/web:2.0' }, 'spec.image'],
    [{ image: 'Acme Web' }, 'spec.image'],
    [{ timeoutSeconds: 0 }, 'spec.timeoutSeconds'],
    [{ selector: { environments: ['('] } }, 'spec.selector.environments.0'],
    [{ selector: { labels: [] } }, 'spec.selector.labels'],
    [{ strategy: { atOnce: 0 } }, 'spec.strategy.atOnce'],
    [{ onFailure: 'explode' }, 'spec.onFailure'],
  ])('%j is refused', async (spec, path) => {
    const error = await store.create('Rollout', draft(spec)).catch((reason: unknown) => reason);
    expect((error as InvalidError).code).toBe('Invalid');
    expect((error as InvalidError).fields.map((field) => field.path)).toEqual([path]);
  });

  it('is kept with the progress of each service, and mirrored', async () => {
    const rollout = await store.create('Rollout', draft({}));
    const service = {
      environment: { id: '1a5', name: 'dev' },
      id: '1s7',
      name: 'web',
      from: ['acme/web:1.0'],
      phase: 'Upgrading' as const,
      message: 'on its way',
      revision: '0',
      taken: true,
      since: new Date(0).toISOString(),
    };
    await store.updateStatus('Rollout', { ...rollout, status: { ...rollout.status, phase: 'Progressing', services: [service] } });
    const cache = openCache(store, 'Rollout');
    await cache.ready();
    expect(cache.get('web-2')?.status.services).toEqual([service]);
    await cache.close();
  });
});

it('ends where every service has come to an end', () => {
  expect(SERVICE_PHASES.filter((phase) => !isEnd(phase))).toEqual(['Waiting', 'Upgrading', 'Finishing', 'RollingBack']);
  const at = (phase: 'Progressing' | 'Failed') => isFinished({ status: { phase, conditions: [], services: [] } });
  expect([at('Progressing'), at('Failed')]).toEqual([false, true]);
});
