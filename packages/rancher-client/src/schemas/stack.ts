import { z } from 'zod';
import { flag, list, resourceFields, text } from './primitives.js';

/** A stack (recordings 01-10 to 01-12). */
export const stackSchema = z.object({
  ...resourceFields,
  serviceIds: list(z.string()),
  externalId: text,
  group: text,
  system: flag,
});
export type Stack = z.infer<typeof stackSchema>;
