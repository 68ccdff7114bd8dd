import { z } from 'zod';
import { versionSchema } from './common.js';
import { filterShape } from './list-query.js';

export const watchQuerySchema = z.strictObject({
  ...filterShape,
  resourceVersion: versionSchema
    .optional()
    .describe('`metadata.resourceVersion` of a list: what changed after it is told. Without it, every session is told as ADDED first.'),
  timeoutSeconds: z.coerce
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(600)
    .describe('After so long the stream ends, and is to be asked for again; browsers do so by themselves.'),
});

/** Each event of the stream. */
export const watchEventSchema = z
  .object({
    event: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']),
    id: z.string().optional().describe('The position after it; missing where more is to come of the same.'),
    data: z.string().describe('JSON: `{type, object}` with a Session, or `{type, resourceVersion}` of a BOOKMARK.'),
  })
  .meta({ id: 'WatchEvent', description: 'An event of a watch, as server-sent events have it.' });

export const watchHeadersSchema = z.object({
  'last-event-id': versionSchema
    .optional()
    .describe('The `id` of the last event that was seen. Goes before `resourceVersion`; browsers send it by themselves.'),
});
