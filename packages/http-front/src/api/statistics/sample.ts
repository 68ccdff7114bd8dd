import { POOL_LABEL, SESSION_PHASES, type Session, type SessionPhase } from '@mooring/resources';
import { z } from 'zod';
import { phaseOf } from '../../sessions/status.js';
import { END_REASONS, type EndReason, type Statistics } from '../schemas/statistics.js';

const count = z.int().min(0);
const seconds = z.number().nullable();

/** What is kept of one interval. */
export const sampleSchema = z.object({
  /** In ms since the epoch. */
  at: z.int(),
  sessions: z.record(z.enum(SESSION_PHASES), count),
  waiting: count,
  ended: z.record(z.enum(END_REASONS), count),
  ready: z.object({ count, p50: seconds, p95: seconds }),
});
export type Sample = z.infer<typeof sampleSchema>;

/** What happened since the last sample. */
export interface Since {
  ended: Record<EndReason, number>;
  /** In how many seconds each session became ready. */
  ready: number[];
}

export const nothingSince = (): Since => ({ ended: { Idle: 0, Ended: 0, Requested: 0 }, ready: [] });

/** The value below which a share of sorted numbers is, by the nearest rank; null where there are none. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

export function sampleOf(sessions: readonly Session[], since: Since, at: number): Sample {
  const phases = Object.fromEntries(SESSION_PHASES.map((phase) => [phase, 0])) as Record<SessionPhase, number>;
  for (const session of sessions) phases[phaseOf(session)] += 1;
  const sorted = [...since.ready].sort((a, b) => a - b);
  return {
    at,
    sessions: phases,
    waiting: sessions.filter(({ metadata }) => metadata.labels[POOL_LABEL] !== undefined).length,
    ended: since.ended,
    ready: { count: sorted.length, p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95) },
  };
}

const columns = <K extends string>(keys: readonly K[], read: (key: K) => number[]): Record<K, number[]> =>
  Object.fromEntries(keys.map((key) => [key, read(key)])) as Record<K, number[]>;

/** Rows as the columns that charts take. */
export function statisticsOf(samples: readonly Sample[], intervalSeconds: number): Statistics {
  return {
    intervalSeconds,
    times: samples.map(({ at }) => new Date(at).toISOString()),
    sessions: columns(SESSION_PHASES, (phase) => samples.map(({ sessions }) => sessions[phase])),
    waiting: samples.map(({ waiting }) => waiting),
    ended: columns(END_REASONS, (reason) => samples.map(({ ended }) => ended[reason])),
    ready: {
      count: samples.map(({ ready }) => ready.count),
      p50: samples.map(({ ready }) => ready.p50),
      p95: samples.map(({ ready }) => ready.p95),
    },
  };
}
