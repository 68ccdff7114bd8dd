import { ACTIVITY_SOURCES } from '@mooring/resources';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Verdict } from './detector.js';
import { UNMARK_REASONS } from './idleness.js';
import type { Reading } from './reading.js';

const VERDICTS = ['active', 'quiet', 'unknown', 'cannot-be-judged'] as const;
const TYPES = ['active', 'quiet', 'unknown'] as const;
const SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** How many sessions there were of each verdict, and how many readings of each source and type. */
export interface Counted {
  verdicts: Map<(typeof VERDICTS)[number], number>;
  readings: Map<string, Record<Reading['type'], number>>;
}

export const noneCounted = (): Counted => ({
  verdicts: new Map(),
  readings: new Map(ACTIVITY_SOURCES.map((source) => [source, { active: 0, quiet: 0, unknown: 0 }])),
});

export function countVerdict({ verdicts }: Counted, verdict: Verdict): void {
  const label = verdict.type === 'unknown' && verdict.reason === 'CannotBeJudged' ? 'cannot-be-judged' : verdict.type;
  verdicts.set(label, (verdicts.get(label) ?? 0) + 1);
}

/** What operators watch of the idle detector. */
export class ActivityMetrics {
  readonly marked;
  readonly reaped;
  readonly unmarked;
  readonly #seconds;
  readonly #sessions;
  readonly #readings;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#sessions = new Gauge({
      name: 'mooring_sessions_activity',
      help: 'Sessions that are watched for idleness, by what was found at the last look.',
      labelNames: ['verdict'] as const,
      registers,
    });
    this.#readings = new Gauge({
      name: 'mooring_activity_readings',
      help: 'What the sources said at the last look.',
      labelNames: ['source', 'type'] as const,
      registers,
    });
    this.marked = new Counter({ name: 'mooring_marked_total', help: 'Sessions that were marked as idle.', registers });
    this.reaped = new Counter({
      name: 'mooring_reaped_total',
      help: 'Sessions that were ended because nobody used them or their container had ended, by what was done.',
      labelNames: ['action'] as const,
      registers,
    });
    this.unmarked = new Counter({
      name: 'mooring_unmarked_total',
      help: 'Sessions whose mark was taken away again, by why.',
      labelNames: ['reason'] as const,
      registers,
    });
    this.#seconds = new Histogram({
      name: 'mooring_activity_tick_seconds',
      help: 'Time that a look at all sessions took.',
      buckets: SECONDS,
      registers,
    });
    for (const action of ['Delete', 'Stop']) this.reaped.inc({ action }, 0);
    for (const reason of UNMARK_REASONS) this.unmarked.inc({ reason }, 0);
    this.#set(noneCounted());
  }

  ticked(counted: Counted, seconds: number): void {
    this.#seconds.observe(seconds);
    this.#set(counted);
  }

  #set({ verdicts, readings }: Counted): void {
    for (const verdict of VERDICTS) this.#sessions.set({ verdict }, verdicts.get(verdict) ?? 0);
    for (const [source, counts] of readings) for (const type of TYPES) this.#readings.set({ source, type }, counts[type]);
  }
}
