import { isDeepStrictEqual } from 'node:util';
import type { CacheEvent, ObjectCache } from '@mooring/resources';
import type { Logger } from 'pino';
import { z } from 'zod';
import { isReady } from '../../sessions/status.js';
import type { Statistics } from '../schemas/statistics.js';
import { endOf, readySince, wantedSince } from './happenings.js';
import { nothingSince, type Sample, type Since, sampleOf, sampleSchema, statisticsOf } from './sample.js';

/** Where samples outlive the process. */
export interface StatisticsStorage {
  /** What `save` has kept; undefined where it hasn't. */
  load(): Promise<string | undefined>;
  save(text: string): Promise<void>;
}

export interface CollectorOptions {
  sessions: Pick<ObjectCache<'Session'>, 'list' | 'subscribe'>;
  /** In ms since the epoch. */
  now: () => number;
  logger: Logger;
  storage?: StatisticsStorage;
  /** Between two samples, in seconds. */
  intervalSeconds?: number;
}

const INTERVAL_SECONDS = 60;
/** A day of minutes. */
const KEPT = 1440;
/** How many times of one interval are remembered: of more, the rest are not counted. */
const MAX_READY = 10_000;
/** In samples. What is the same as before is not written again. */
const SAVE_EVERY = 10;

const keptSchema = z.object({ intervalSeconds: z.number(), samples: z.array(sampleSchema).max(KEPT) });

/** Samples what sessions there are, and counts what happens to them: a day of it, in memory, and kept over restarts where there is a storage. */
export class StatisticsCollector {
  #samples: Sample[] = [];
  #since: Since = nothingSince();
  /** Since when each session's person waited that was counted already, by uid: a container that breaks off doesn't make it ready anew. */
  readonly #counted = new Map<string, number>();
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  #taken = 0;
  #saved: unknown;

  constructor(private readonly options: CollectorOptions) {
    for (const session of options.sessions.list()) if (isReady(session)) this.#counted.set(session.metadata.uid, wantedSince(session));
    this.#unsubscribe = options.sessions.subscribe((event) => this.#see(event));
    this.#timer = setInterval(() => void this.#tick(), this.intervalSeconds * 1000);
    this.#timer.unref();
  }

  get intervalSeconds(): number {
    return this.options.intervalSeconds ?? INTERVAL_SECONDS;
  }

  /** Takes what an earlier run has kept; what can't be read is left out and said in the log. */
  async load(): Promise<void> {
    const { storage, now, logger } = this.options;
    try {
      const text = await storage?.load();
      if (text === undefined) return;
      const { samples, intervalSeconds } = keptSchema.parse(JSON.parse(text));
      const oldest = now() - KEPT * this.intervalSeconds * 1000;
      if (intervalSeconds === this.intervalSeconds) this.#samples = samples.filter(({ at }) => at > oldest && at <= now());
    } catch (err) {
      logger.warn({ err }, 'the statistics of the last run could not be read; they begin anew');
    }
  }

  /** The values from a time on (in ms since the epoch), with how it stands now as the last. */
  read(sinceMs = 0): Statistics {
    const { sessions, now } = this.options;
    const samples = [...this.#samples, sampleOf(sessions.list(), this.#since, now())];
    return statisticsOf(
      samples.filter(({ at }) => at >= sinceMs),
      this.intervalSeconds,
    );
  }

  sample(): void {
    const { sessions, now } = this.options;
    this.#samples = [...this.#samples.slice(1 - KEPT), sampleOf(sessions.list(), this.#since, now())];
    this.#since = nothingSince();
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    clearInterval(this.#timer);
    await this.#save();
  }

  async #tick(): Promise<void> {
    this.sample();
    this.#taken += 1;
    if (this.#taken % SAVE_EVERY === 0) await this.#save();
  }

  /** At rest nothing is written: only the times of the samples move then. */
  async #save(): Promise<void> {
    const { storage, logger } = this.options;
    if (storage === undefined) return;
    const samples = this.#samples;
    const { at: _, ...last } = samples.at(-1) ?? { at: 0 };
    if (isDeepStrictEqual(last, this.#saved)) return;
    this.#saved = last;
    await storage
      .save(JSON.stringify({ intervalSeconds: this.intervalSeconds, samples }))
      .catch((err: unknown) => logger.warn({ err }, 'the statistics could not be kept; they are tried again later'));
  }

  #see(event: CacheEvent<'Session'>): void {
    const end = endOf(event);
    if (end !== undefined) this.#since.ended[end] += 1;
    this.#seeReady(event);
    if (event.type === 'DELETED') this.#counted.delete(event.object.metadata.uid);
  }

  #seeReady(event: CacheEvent<'Session'>): void {
    const at = readySince(event);
    if (at === undefined) return;
    const { uid } = event.object.metadata;
    const since = wantedSince(event.object);
    if (this.#counted.get(uid) === since) return;
    this.#counted.set(uid, since);
    if (this.#since.ready.length < MAX_READY) this.#since.ready.push((at - since) / 1000);
  }
}
