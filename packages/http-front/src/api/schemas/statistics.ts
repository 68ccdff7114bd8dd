import { SESSION_PHASES } from '@mooring/resources';
import { z } from 'zod';
import { timeSchema } from './common.js';

/** Why sessions were stopped or deleted. */
export const END_REASONS = ['Idle', 'Ended', 'Requested'] as const;
export type EndReason = (typeof END_REASONS)[number];

const counts = z.array(z.int().min(0));
const columns = <K extends string>(keys: readonly K[]) =>
  z.object(Object.fromEntries(keys.map((key) => [key, counts])) as Record<K, typeof counts>);

/** Columns of the same length, as charts take them: one value for each of `times`. */
export const statisticsSchema = z
  .object({
    intervalSeconds: z.int().min(1).describe('The time between two values.'),
    times: z.array(timeSchema).describe('When each value was taken, the oldest first.'),
    sessions: columns(SESSION_PHASES).describe('How many sessions there were, by phase.'),
    waiting: counts.describe('How many of them waited in a pool for somebody to claim them.'),
    ended: columns(END_REASONS).describe(
      'How many were stopped or deleted since the value before: since nobody used them (Idle), since their container had ended by itself (Ended), or since somebody asked for it (Requested).',
    ),
    ready: z
      .object({
        count: counts,
        p50: z.array(z.number().nullable()),
        p95: z.array(z.number().nullable()),
      })
      .describe(
        'How many became ready for somebody since the value before, and in how many seconds half and 95 in 100 of them did; null where none did.',
      ),
  })
  .meta({ id: 'Statistics', description: 'What happened over time.' });
export type Statistics = z.infer<typeof statisticsSchema>;
