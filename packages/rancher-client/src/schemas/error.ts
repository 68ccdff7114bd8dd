import { z } from 'zod';

const optional = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => value ?? undefined);

/** Rancher's error body (recordings 01-08, 03-*). The metadata service sends the status as a number in `code`. */
export const errorSchema = z.object({
  type: z.literal('error'),
  code: z
    .union([z.string(), z.number()])
    .nullish()
    .transform((code) => String(code ?? 'Unknown')),
  fieldName: optional,
  detail: optional,
  message: optional,
});
