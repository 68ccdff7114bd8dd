import { SESSION_PHASES } from '@mooring/resources';
import { z } from 'zod';

/** What sessions can be sorted by. */
export const SORT_KEYS = ['name', 'owner', 'phase', 'image', 'created'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

const SORTS = SORT_KEYS.flatMap((key) => [key, `-${key}`] as const);
const PHASES = SESSION_PHASES.join('|');

/** Which sessions are meant: what a list and a watch have in common. */
export const filterShape = {
  owner: z.string().min(1).max(256).optional().describe('Only those of this person.'),
  phase: z
    .string()
    .regex(new RegExp(`^(${PHASES})(,(${PHASES}))*$`), `must be one or more of ${SESSION_PHASES.join(', ')}, with commas between them`)
    .optional()
    .describe('Only those in one of these phases, separated by commas.'),
  search: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('Only those that have this in their name, owner or image, in small or capital letters.'),
};

export const listQuerySchema = z.strictObject({
  ...filterShape,
  sort: z.enum(SORTS).default('name').describe('By what they are sorted; a minus in front turns it around.'),
  limit: z.coerce.number().int().min(1).max(1000).default(100).describe('How many there are on a page.'),
  continue: z.string().min(1).max(1024).optional().describe('`metadata.continue` of the page before; all else must be as it was there.'),
});
export type ListQuery = z.infer<typeof listQuerySchema>;

const filterSchema = z.strictObject(filterShape);
export type Filter = z.infer<typeof filterSchema>;
