import { nameSchema } from '@mooring/resources';
import { z } from 'zod';

/** RFC 3339, in UTC. */
export const timeSchema = z.iso.datetime();

export const versionSchema = z.string().regex(/^\d{1,15}$/, 'must be a resourceVersion, which is a whole number');

export const namedSchema = z.strictObject({ name: nameSchema });

/** RFC 9457. `code` is stable and for programs; `detail` is a sentence for people that names the cure. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe('Each field of the request that is wrong, and what it must be.'),
    requestId: z.string().optional().describe('As in X-Request-Id, and in every line that the log has of the request.'),
  })
  .meta({ id: 'Problem', description: 'An answer that is not the one that was asked for, in the form of RFC 9457.' });

/** What every list carries, as Kubernetes' ListMeta. */
export const listMetaSchema = z.object({
  resourceVersion: z.string().describe('The position from which a watch tells what comes later.'),
  continue: z.string().optional().describe('Given back as `continue`, it asks for the next page. Missing on the last.'),
  remainingItemCount: z.int().min(0).describe('How many items come after this page.'),
});

/** Where a request may ask for the same answer only if it is another by now. */
export const ifNoneMatchSchema = z.object({
  'if-none-match': z.string().max(2048).optional().describe('An ETag: where it is still the one, the answer is 304 without a body.'),
});
export const ifMatchSchema = z.object({
  'if-match': z
    .string()
    .max(2048)
    .optional()
    .describe('An ETag: where the session has another by now, the answer is 412 and nothing was done.'),
});
