import { readFileSync } from 'node:fs';
import { sessionSchema } from '@mooring/resources';
import type { Target } from '../../../src/activity/reading.js';

export const NOW = 1_800_000_000_000;

interface Changes {
  uid?: string;
  run?: string;
  openConnections?: 'active' | 'ignore';
  address?: { ip: string; port: number };
  probe?: Record<string, unknown>;
  env?: Record<string, string>;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  sources?: string[];
  route?: 'cookie' | 'none';
}

export const UID = '6b2f6c1e-6f0e-4d3e-9f7a-0c5b8a1f4d11';

/** A session that is asked for. */
export function aTarget({
  uid = UID,
  run = '1i1/1/active',
  openConnections = 'active',
  address = { ip: '10.42.0.7', port: 8888 },
  probe = {},
  env = {},
  labels = {},
  annotations = {},
  sources,
  route = 'cookie',
}: Changes = {}): Target {
  const session = sessionSchema.parse({
    apiVersion: 'mooring.dev/v1',
    kind: 'Session',
    metadata: {
      name: `s-${uid.slice(0, 8)}`,
      uid,
      generation: 1,
      resourceVersion: '7',
      creationTimestamp: '2026-01-02T03:04:05.678Z',
      annotations,
    },
    spec: {
      owner: { name: 'alice' },
      launch: { image: 'kbase/narrative:1.0', env, labels },
      route: { type: route },
      probe,
      idlePolicy: { afterSeconds: 600, openConnections, ...(sources && { sources }) },
    },
    status: { service: { id: '1s1', name: 'narrative-alice-522b27', state: 'active' } },
  });
  return { session, address, serviceId: '1s1', containerId: '1i1', run };
}

export const fixture = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
