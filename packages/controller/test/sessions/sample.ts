import { type Session, sessionSchema } from '@mooring/resources';
import { noteSecret } from '../../../../leaks/watch.js';
import type { Observed, ObservedContainer, ObservedService } from '../../src/sessions/observed.js';

export const SECRET = 'ab'.repeat(32);
noteSecret(SECRET);

type Changes = {
  update?: 'Idle' | 'Asked';
  running?: boolean;
  route?: 'none' | 'cookie';
  deleting?: boolean;
  status?: Record<string, unknown>;
  hosts?: string[];
};

/** A Session as the store would give it. */
export function aSession({ update, running = true, route = 'cookie', deleting = false, status, hosts = [] }: Changes = {}): Session {
  return sessionSchema.parse({
    apiVersion: 'mooring.dev/v1',
    kind: 'Session',
    metadata: {
      name: 'narrative-alice-522b27',
      uid: '6b2f6c1e-6f0e-4d3e-9f7a-0c5b8a1f4d11',
      generation: 1,
      resourceVersion: '7',
      creationTimestamp: '2026-01-02T03:04:05.678Z',
      finalizers: ['mooring.dev/service'],
      annotations: { 'mooring.dev/client-ip': '192.0.2.7' },
      ...(deleting && { deletionTimestamp: '2026-01-02T04:00:00.000Z' }),
    },
    spec: {
      owner: { name: 'alice' },
      launch: {
        image: 'kbase/narrative:1.0',
        env: { A: 'b' },
        capDrop: ['MKNOD'],
        volumes: ['work-alice:/home/work'],
        memory: 1_000_000_000,
      },
      route: route === 'none' ? { type: 'none' } : { type: 'cookie', hosts },
      running,
      ...(update && {
        update: {
          by: update,
          templateRef: { name: 'narrative', generation: 2 },
          launch: { image: 'kbase/narrative:2.0', env: { A: 'b' }, volumes: ['work-alice:/home/work'] },
        },
      }),
    },
    ...(status && { status }),
  });
}

export const aContainer = (changes: Partial<ObservedContainer> = {}): ObservedContainer => ({
  id: '1i1',
  name: 'mooring-narrative-alice-522b27-1',
  state: 'running',
  ip: '10.42.0.7',
  run: '1i1/1/active',
  ...changes,
});

export const aService = (changes: Partial<ObservedService> = {}): ObservedService => ({
  id: '1s1',
  name: 'narrative-alice-522b27',
  state: 'active',
  transitioning: 'no',
  containers: [aContainer()],
  ...changes,
});

export const observed = (services: ObservedService[], rest: Partial<Observed> = {}): Observed => ({ services, ...rest });
