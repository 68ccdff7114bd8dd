import { z } from 'zod';
import { API_VERSION, conditionSchema, nameSchema, objectMetaSchema } from './meta.js';

/** Ready Sessions of a template that wait for somebody to claim one. */
export const warmPoolSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('WarmPool'),
  metadata: objectMetaSchema,
  spec: z.strictObject({
    templateRef: z.strictObject({ name: nameSchema }),
    /** How many Sessions wait, ready or on their way. */
    replicas: z.int().min(0, 'must be 0 or more').max(1000, 'must be 1000 or less'),
    /** The names of Sessions that wait; `{}` is a random part of eight characters. */
    sessionName: z
      .string()
      .regex(/^[A-Za-z0-9-]*\{\}[A-Za-z0-9-]*$/, 'must be letters, digits and hyphens around one {}')
      .default('narrativepre-{}'),
  }),
  status: z
    .strictObject({
      observedGeneration: z.int().optional(),
      /** Sessions that wait, and how many of them can be claimed now. */
      replicas: z.int().default(0),
      readyReplicas: z.int().default(0),
      conditions: z.array(conditionSchema).default([]),
    })
    .prefault({}),
});
export type WarmPool = z.infer<typeof warmPoolSchema>;
