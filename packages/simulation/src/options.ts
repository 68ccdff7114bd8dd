import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { DEFECTS } from './defects/names.js';
import { SUITES } from './suite.js';

export const USAGE = 'npm run simulate -- [--suite loop|idle] [--seeds N] [--from S] [--defect NAME] [--processes N]';

const count = (name: string) =>
  z.coerce
    .number({ error: `${name} must be a whole number` })
    .int()
    .min(1, `${name} must be 1 or more`);

const optionsSchema = z.object({
  suite: z.enum(SUITES, { error: `--suite must be one of ${SUITES.join(', ')}` }).default('loop'),
  /** How many seeds, one after another. */
  seeds: count('--seeds').default(20),
  /** The first one. */
  from: count('--from').default(1),
  /** How many seeds are lived through at a time, each in a process of its own. */
  processes: count('--processes').default(availableParallelism()),
  /** A mistake that is planted into Mooring, to see that it is found. */
  defect: z.enum(DEFECTS, { error: `--defect must be one of ${DEFECTS.join(', ')}` }).optional(),
});
export type Options = z.infer<typeof optionsSchema>;

/** @throws Error with a sentence that names the option and the cure */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      suite: { type: 'string' },
      seeds: { type: 'string' },
      from: { type: 'string' },
      defect: { type: 'string' },
      processes: { type: 'string' },
    },
  });
  const parsed = optionsSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map(({ message }) => message).join('; '));
}
