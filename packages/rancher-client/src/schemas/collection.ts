import { z } from 'zod';

/** One page of a list. `pagination` is null for lists that have no pages (recording 01-06). Only the marker of `next` is used. */
export const collectionSchema = <T extends z.ZodType>(row: T) =>
  z.object({
    type: z.literal('collection'),
    data: z.array(row),
    pagination: z.object({ next: z.string().nullish(), partial: z.boolean().nullish() }).nullish(),
  });
