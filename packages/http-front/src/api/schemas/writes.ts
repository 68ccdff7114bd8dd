import { nameSchema, warmPoolSchema } from '@mooring/resources';
import { z } from 'zod';
import { versionSchema } from './common.js';

/** Names of the system's own begin with `system:`. */
const personSchema = z
  .string()
  .max(256)
  .regex(/^(?!system:)[\s\S]+$/, 'must be a person’s name, which does not begin with "system:"');

const metadata = z
  .strictObject({
    resourceVersion: versionSchema.optional().describe('Where it is another by now, the answer is 409 and nothing was done.'),
  })
  .optional();

export const sessionPutSchema = z.strictObject({
  spec: z
    .strictObject({
      owner: z
        .strictObject({ name: personSchema })
        .optional()
        .describe('Whose it is: whoever asks, where it is missing. Administrators may name somebody else.'),
      templateRef: z.strictObject({ name: nameSchema }).optional().describe('What it is copied from; the site’s own where it is missing.'),
    })
    .prefault({}),
});
export type SessionPut = z.infer<typeof sessionPutSchema>;

export const sessionPatchSchema = z.strictObject({
  metadata,
  spec: z.strictObject({ running: z.boolean().describe('false stops it and keeps its container, true starts it.') }),
});

export const poolPatchSchema = z.strictObject({
  metadata,
  spec: z.strictObject({ replicas: warmPoolSchema.shape.spec.shape.replicas.describe('How many sessions wait.') }),
});
