import type { Rollout, RolloutService } from '@mooring/resources';
import type { RolloutObserved } from '../../src/rollouts/plan.js';
import type { Target } from '../../src/rollouts/target.js';

export const NOW = Date.parse('2026-01-01T00:00:00.000Z');

export const rollout = (
  spec: Partial<Rollout['spec']> = {},
  rest: { name?: string; services?: RolloutService[]; madeAt?: number } = {},
): Rollout => ({
  apiVersion: 'mooring.dev/v1',
  kind: 'Rollout',
  metadata: {
    name: rest.name ?? 'web-2',
    uid: '00000000-0000-4000-8000-000000000001',
    generation: 1,
    resourceVersion: '1',
    creationTimestamp: new Date(rest.madeAt ?? NOW).toISOString(),
    finalizers: [],
    labels: {},
    annotations: {},
  },
  spec: {
    image: 'acme/web:2.0',
    confirm: true,
    startFirst: false,
    timeoutSeconds: 30,
    onFailure: 'hold',
    selector: { labels: ['autoupdate.enable', 'autoupdate.enabled'], environments: ['.*'] },
    strategy: { atOnce: 5, environments: 'Together' },
    canceled: false,
    ...spec,
  },
  status: { phase: 'Pending', conditions: [], services: rest.services ?? [] },
});

export const target = (id: string, given: Partial<Target> = {}): Target => {
  const environment = given.environment ?? { id: '1a5', name: 'dev' };
  return {
    key: `${environment.id}/${id}`,
    environment,
    id,
    name: `service-${id}`,
    stackId: '1st1',
    state: 'active',
    transitioning: 'no',
    message: undefined,
    health: 'healthy',
    gone: false,
    isSession: false,
    labels: new Set(['autoupdate.enable']),
    images: ['acme/web:1.0'],
    revision: '0',
    ...given,
  };
};

export const observed = (targets: readonly Target[], given: Partial<RolloutObserved> = {}): RolloutObserved => ({
  targets: new Map(targets.map((each) => [each.key, each])),
  listed: new Set(targets.map(({ environment }) => environment.id)),
  complete: true,
  stackName: () => 'site',
  newer: [],
  busy: new Map(),
  refused: new Map(),
  now: NOW,
  ...given,
});
