import { z } from 'zod';
import { API_VERSION, nameSchema, objectMetaSchema } from './meta.js';

/** What happened to an object and why, as events.k8s.io/v1 has it; kept for a while. */
export const eventSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION),
  kind: z.literal('Event'),
  metadata: objectMetaSchema,
  spec: z.strictObject({
    /** Whom it is about; the object may be gone by now. */
    regarding: z.strictObject({ kind: z.string(), name: nameSchema, uid: z.uuid() }),
    type: z.enum(['Normal', 'Warning']),
    /** One CamelCase word for programs. */
    reason: z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'must be one word such as Marked'),
    /** A sentence for people; no secret may be in it. */
    note: z.string().max(2048),
    /** Which part of Mooring tells it. */
    reportingController: z.string().min(1),
    /** What the decision rests on: a reading a source. */
    readings: z.record(z.string(), z.string()).default({}),
  }),
  status: z.strictObject({}).prefault({}),
});
export type Event = z.infer<typeof eventSchema>;
