import type { z } from 'zod';
import { type Event, eventSchema } from './event.js';
import { type Rollout, rolloutSchema } from './rollout.js';
import { type Session, sessionSchema } from './session.js';
import { type SessionTemplate, sessionTemplateSchema } from './session-template.js';
import { type WarmPool, warmPoolSchema } from './warm-pool.js';

/** Every kind and the schema that its objects satisfy. A new kind is a line here. */
export const KINDS = {
  Session: sessionSchema,
  SessionTemplate: sessionTemplateSchema,
  WarmPool: warmPoolSchema,
  Rollout: rolloutSchema,
  Event: eventSchema,
} as const satisfies Record<string, z.ZodType>;

export type Kind = keyof typeof KINDS;

export interface KindMap {
  Session: Session;
  SessionTemplate: SessionTemplate;
  WarmPool: WarmPool;
  Rollout: Rollout;
  Event: Event;
}

/** An object before the store gave it uid, generation, resourceVersion and creationTimestamp. Defaults are filled in on creation. */
export type Draft<K extends Kind> = {
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string>; finalizers?: string[] };
  spec: z.input<(typeof KINDS)[K]>['spec'];
  status?: z.input<(typeof KINDS)[K]>['status'];
};
