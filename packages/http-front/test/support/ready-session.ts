import { randomUUID } from 'node:crypto';
import { type Session, sessionSchema } from '@mooring/resources';

const BEGAN = new Date(0).toISOString();
const CONDITIONS = ['ServiceCreated', 'ContainerRunning', 'Reachable', 'Routed', 'Ready'];

/** Somebody's session that is ready, as a cache has it. */
export const readySession = (name: string): Session =>
  sessionSchema.parse({
    apiVersion: 'mooring.dev/v1',
    kind: 'Session',
    metadata: { name, uid: randomUUID(), generation: 1, resourceVersion: '1', creationTimestamp: BEGAN },
    spec: { owner: { name: 'ada' }, launch: { image: 'mooring/demo:1' }, route: { type: 'cookie' } },
    status: {
      phase: 'Ready',
      observedGeneration: 1,
      conditions: CONDITIONS.map((type) => ({ type, status: 'True', reason: 'Seen', message: '', lastTransitionTime: BEGAN })),
    },
  });
