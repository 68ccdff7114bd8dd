import type { OwnRequests } from '../own-requests.js';
import type { ActivitySource, Reading, Readings, Target } from '../reading.js';
import { type Continuity, count, countsOpenConnections, heldSince, type Judgement, timeOf, unknown } from './judging.js';
import { RunMemory } from './run-memory.js';
import { increase, type OpenConnections, type RequestCounts } from './traefik-metrics.js';
import { firstOf, traefikNames } from './traefik-names.js';
import type { TraefikScraper } from './traefik-scraper.js';

/** What Traefik 2 said of one service. */
export interface ConnectionsSample {
  /** In ms since the epoch. */
  at: number;
  /** Of Traefik, in seconds. */
  startedAt: number;
  /** undefined: it has no such series. */
  open: OpenConnections | undefined;
  /** Requests of our own that may be under way. */
  ours: number;
  /** Tells a service that was taken away and added again: its counters begin anew. */
  requests: RequestCounts;
}

export interface ConnectionsSeen {
  at: number;
  startedAt: number;
  requests: RequestCounts;
  /** Whether a connection was seen since this series began: before, those that are open don't show. */
  trusted: boolean;
  /** Since when nothing was open, in ms. */
  since: number | undefined;
}

/**
 * What the gauge of open connections says (measured with Traefik 2.11): it is right as long as nothing changes. After Traefik was
 * restarted, or the service added again, what was open before doesn't show any more; so zero counts only once a connection was seen. It
 * shows what is open at the moment, no more: a request that came and went between two looks is for the counters to tell.
 */
export function judgeConnections(
  previous: ConnectionsSeen | undefined,
  sample: ConnectionsSample,
  { openCounts, ...continuity }: Continuity & { openCounts: boolean },
): Judgement<ConnectionsSeen> {
  const { at, startedAt, open, requests } = sample;
  const goesOn = previous && isSameSeries(previous, sample) && at - previous.at <= continuity.longestGapMs ? previous : undefined;
  const seen = { at, startedAt, requests, trusted: false, since: undefined };
  if (!open) return { seen, reading: unknown('Traefik shows no open connections of this session') };
  if (Number.isNaN(open.requests) || Number.isNaN(open.streams)) {
    return { seen, reading: unknown('Traefik shows less than none open, so it has lost count') };
  }
  const requestsOpen = Math.max(0, open.requests - sample.ours);
  if (open.streams + requestsOpen > 0)
    return { seen: { ...seen, trusted: true }, reading: openReading(at, open.streams, requestsOpen, openCounts) };
  const trusted = goesOn?.trusted ?? false;
  if (open.requests > 0) return { seen: { ...seen, trusted }, reading: unknown('what is open at Traefik may be a probe of Mooring') };
  if (!trusted) return { seen, reading: unknown(`Traefik has not shown a connection yet, and what was open before does not show`) };
  const since = heldSince(goesOn, at, continuity);
  return { seen: { ...seen, trusted, since }, reading: { type: 'quiet', since, detail: `nothing open at Traefik since ${timeOf(since)}` } };
}

const isSameSeries = (previous: ConnectionsSeen, { startedAt, requests }: ConnectionsSample): boolean =>
  previous.startedAt === startedAt && increase(previous.requests, requests) !== undefined;

function openReading(at: number, streams: number, requests: number, openCounts: boolean): Reading {
  if (requests > 0) return { type: 'active', at, detail: `${count(requests, 'request')} under way at Traefik` };
  if (openCounts) return { type: 'active', at, detail: `${count(streams, 'connection')} open at Traefik` };
  return unknown(`${count(streams, 'connection')} open at Traefik, whether used can't be seen there`);
}

/** A look that failed: what was quiet before may not have been since. */
export const connectionsGap = (previous: ConnectionsSeen): ConnectionsSeen => ({ ...previous, since: undefined });

interface Options extends Continuity {
  scraper: TraefikScraper;
  own: OwnRequests;
  stackName: string | undefined;
}

/** Traefik 2's gauge `traefik_service_open_connections`. */
export class TraefikConnections implements ActivitySource {
  readonly name = 'traefik-connections';
  readonly cost = 'cheap';
  readonly #memory = new RunMemory<ConnectionsSeen>();

  constructor(private readonly options: Options) {}

  async read(targets: readonly Target[]): Promise<Readings> {
    if (targets.length === 0) return new Map();
    const scrape = await this.options.scraper.scrape();
    const read = (target: Target): Reading => {
      if ('problem' in scrape) return this.#failed(target, scrape.problem);
      const { at, metrics } = scrape;
      if (metrics.open.size === 0)
        return this.#failed(target, 'this Traefik does not tell open connections by service (Traefik 3 never does)');
      const names = traefikNames(target, this.options.stackName);
      const sample = {
        at,
        startedAt: metrics.startedAt,
        open: firstOf(metrics.open, names),
        ours: this.options.own.between(target.session.metadata.uid, at, at),
        requests: firstOf(metrics.requests, names) ?? new Map(),
      };
      const { longestGapMs } = this.options;
      const { seen, reading } = judgeConnections(this.#memory.get(target), sample, {
        longestGapMs,
        openCounts: countsOpenConnections(target),
      });
      this.#memory.set(target, seen);
      return reading;
    };
    return new Map(targets.map((target) => [target.session.metadata.uid, read(target)]));
  }

  #failed(target: Target, why: string): Reading {
    const previous = this.#memory.get(target);
    if (previous) this.#memory.set(target, connectionsGap(previous));
    return unknown(why);
  }
}
