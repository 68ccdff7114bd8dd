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
  /** Requests of our own that may be under way, and that may have been counted since the last look. */
  ours: { open: number; counted: number };
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
 * shows what is open at the moment, no more: that somebody came and went between two looks the counters tell.
 */
export function judgeConnections(
  previous: ConnectionsSeen | undefined,
  sample: ConnectionsSample,
  { openCounts, ...continuity }: Continuity & { openCounts: boolean },
): Judgement<ConnectionsSeen> {
  const { at, startedAt, open, requests, ours } = sample;
  const seen = { at, startedAt, requests, trusted: false, since: undefined };
  const problem = problemOf(open);
  if (!open || problem !== undefined) return { seen, reading: unknown(problem ?? '') };
  const requestsOpen = Math.max(0, open.requests - ours.open);
  if (open.streams + requestsOpen > 0) {
    return { seen: { ...seen, trusted: true }, reading: openReading(at, open.streams, requestsOpen, openCounts) };
  }
  const goesOn = previous && isSameSeries(previous, sample) && at - previous.at <= continuity.longestGapMs ? previous : undefined;
  if (open.requests > 0) {
    return { seen: { ...seen, trusted: goesOn?.trusted ?? false }, reading: unknown('what is open at Traefik may be a probe of Mooring') };
  }
  return judgeNone(goesOn, sample, continuity);
}

/** @param goesOn what was seen of this very series before, without a gap */
function judgeNone(goesOn: ConnectionsSeen | undefined, sample: ConnectionsSample, continuity: Continuity): Judgement<ConnectionsSeen> {
  const { at, startedAt, requests } = sample;
  const seen = { at, startedAt, requests, trusted: goesOn?.trusted ?? false };
  if (!seen.trusted) {
    const reading = unknown('Traefik has not shown a connection yet, and what was open before does not show');
    return { seen: { ...seen, since: undefined }, reading };
  }
  const since = heldSince(goesOn && isUndisturbed(goesOn, sample) ? goesOn : undefined, at, continuity);
  return { seen: { ...seen, since }, reading: { type: 'quiet', since, detail: `nothing open at Traefik since ${timeOf(since)}` } };
}

function problemOf(open: OpenConnections | undefined): string | undefined {
  if (!open) return 'Traefik shows no open connections of this session';
  return Number.isNaN(open.requests + open.streams) ? 'Traefik shows less than none open, so it has lost count' : undefined;
}

const isSameSeries = (previous: ConnectionsSeen, { startedAt, requests }: ConnectionsSample): boolean =>
  previous.startedAt === startedAt && increase(previous.requests, requests) !== undefined;

/** Whoever came and went between two looks was counted. */
const isUndisturbed = (previous: ConnectionsSeen, { requests, ours }: ConnectionsSample): boolean =>
  (increase(previous.requests, requests) ?? Number.POSITIVE_INFINITY) <= ours.counted;

function openReading(at: number, streams: number, requests: number, openCounts: boolean): Reading {
  if (requests > 0) return { type: 'active', at, detail: `${count(requests, 'request')} under way at Traefik` };
  if (openCounts) return { type: 'active', at, detail: `${count(streams, 'connection')} open at Traefik` };
  return unknown(`${count(streams, 'connection')} open at Traefik, whether used can't be seen there`);
}

/** A look that failed: what was quiet before may not have been since. */
const connectionsGap = (previous: ConnectionsSeen): ConnectionsSeen => ({ ...previous, since: undefined });

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
      const { uid } = target.session.metadata;
      const names = traefikNames(target, this.options.stackName);
      const previous = this.#memory.get(target);
      const sample = {
        at,
        startedAt: metrics.startedAt,
        open: firstOf(metrics.open, names),
        ours: { open: this.options.own.between(uid, at, at), counted: this.options.own.between(uid, previous?.at ?? at, at) },
        requests: firstOf(metrics.requests, names) ?? new Map(),
      };
      const { longestGapMs } = this.options;
      const { seen, reading } = judgeConnections(previous, sample, { longestGapMs, openCounts: countsOpenConnections(target) });
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
