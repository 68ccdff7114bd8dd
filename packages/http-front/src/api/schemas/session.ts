import { API_VERSION, conditionSchema, idlePolicySchema, nameSchema, SESSION_PHASES, sessionStatusSchema } from '@mooring/resources';
import { z } from 'zod';
import { listMetaSchema, timeSchema } from './common.js';

const { service, container, address, observedGeneration } = sessionStatusSchema.shape;
const condition = conditionSchema.meta({
  id: 'Condition',
  description: "One aspect of an object's state, as Kubernetes' metav1.Condition.",
});

/** A session as the API tells it. No secret is in it: neither its cookie nor what its environment holds. */
export const sessionSchema = z
  .object({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('Session'),
    metadata: z.object({
      name: nameSchema,
      uid: z.uuid().describe('Stays when the session gets another name, as a warm one does when somebody claims it.'),
      generation: z.int().min(1),
      resourceVersion: z.string().describe('Of its last change. A change may be bound to it.'),
      creationTimestamp: timeSchema,
      deletionTimestamp: timeSchema.optional(),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
    }),
    spec: z.object({
      owner: z.object({ name: z.string() }),
      templateRef: z.object({ name: nameSchema, generation: z.int() }).optional(),
      image: z.string(),
      running: z.boolean().describe('Whether it should run; where it should not, its container is stopped and kept.'),
      idlePolicy: idlePolicySchema.optional(),
    }),
    status: z.object({
      observedGeneration,
      phase: z.enum(SESSION_PHASES),
      letGo: z.boolean().describe('It is about to be stopped, or is stopped, since nobody used it or somebody stopped it.'),
      conditions: z.array(condition),
      service,
      container,
      address,
      url: z.string().describe('The path to open it at, for its owner.'),
    }),
  })
  .meta({ id: 'Session', description: "One person's notebook server." });
export type SessionResource = z.infer<typeof sessionSchema>;

export const sessionListSchema = z
  .object({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal('SessionList'),
    metadata: listMetaSchema,
    items: z.array(sessionSchema),
  })
  .meta({ id: 'SessionList', description: 'A page of sessions.' });
export type SessionList = z.infer<typeof sessionListSchema>;
