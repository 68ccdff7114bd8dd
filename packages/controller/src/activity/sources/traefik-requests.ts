import type { OwnRequests } from '../own-requests.js';
import type { ActivitySource, Reading, Readings, Target } from '../reading.js';
import { type Continuity, count, type Judgement, timeOf } from './judging.js';
import { RunMemory } from './run-memory.js';
import { increase, type RequestCounts } from './traefik-metrics.js';
import { firstOf, traefikNames } from './traefik-names.js';
import type { TraefikScraper } from './traefik-scraper.js';

/** What Traefik had counted of one service. */
export interface RequestsSeen {
  /** In ms since the epoch. */
  at: number;
  /** Of Traefik, in seconds. */
  startedAt: number;
  /** Empty where it had counted none yet. */
  counts: RequestCounts;
}

export interface RequestsJudged extends RequestsSeen {
  /** Since when nobody but us was counted, in ms since the epoch. */
  noneSince: number;
}

/**
 * What the counters of requests say: that they went up by more than our own requests proves that somebody was there; that they didn't
 * proves nothing, as an open websocket counts only when it closes. Whoever can't be told from a probe of ours counts as one.
 *
 * @param ours how many requests of our own may have been counted since the last look
 */
export function judgeRequests(
  previous: RequestsJudged | undefined,
  sample: RequestsSeen,
  { ours, longestGapMs }: Continuity & { ours: number },
): Judgement<RequestsJudged> {
  const none = (noneSince: number, why: string): Judgement<RequestsJudged> => ({
    reading: { type: 'unknown', why, noneSince },
    seen: { ...sample, noneSince },
  });
  if (!previous) return none(sample.at, 'requests at Traefik are counted from now on');
  if (previous.startedAt !== sample.startedAt) return none(sample.at, 'Traefik was restarted and counts from zero');
  const more = increase(previous.counts, sample.counts);
  // Nothing is later than now, whatever the clock said before.
  const noneSince = Math.min(previous.noneSince, sample.at);
  if (more === undefined) {
    // The series goes with the route; what is counted since may be all that there was.
    const isOurs = (increase(new Map(), sample.counts) ?? 0) <= ours && sample.at - previous.at <= longestGapMs;
    return none(isOurs ? noneSince : sample.at, "Traefik's counters began anew");
  }
  const since = timeOf(previous.at);
  if (more <= ours)
    return none(noneSince, `no request through Traefik since ${since}${more > 0 ? ' but what may be our own' : ''}, which proves nothing`);
  const detail = `${count(more - ours, 'request')} through Traefik since ${since}`;
  return { reading: { type: 'active', at: sample.at, detail }, seen: { ...sample, noneSince: sample.at } };
}

interface Options extends Continuity {
  scraper: TraefikScraper;
  own: OwnRequests;
  stackName: string | undefined;
}

/** The counters `traefik_service_requests_total` of Traefik 2 and 3. They never say quiet. */
export class TraefikRequests implements ActivitySource {
  readonly name = 'traefik-requests';
  readonly cost = 'cheap';
  readonly #memory = new RunMemory<RequestsJudged>();

  constructor(private readonly options: Options) {}

  async read(targets: readonly Target[]): Promise<Readings> {
    if (targets.length === 0) return new Map();
    const scrape = await this.options.scraper.scrape();
    if ('problem' in scrape) {
      const outage: Reading = { type: 'unknown', why: scrape.problem, outage: true };
      return new Map(targets.map(({ session }) => [session.metadata.uid, outage]));
    }
    const { at, metrics } = scrape;
    const read = (target: Target): Reading => {
      const previous = this.#memory.get(target);
      const counts = firstOf(metrics.requests, traefikNames(target, this.options.stackName)) ?? new Map();
      const ours = previous ? this.options.own.between(target.session.metadata.uid, previous.at, at) : 0;
      const { longestGapMs } = this.options;
      const { seen, reading } = judgeRequests(previous, { at, startedAt: metrics.startedAt, counts }, { ours, longestGapMs });
      this.#memory.set(target, seen);
      return reading;
    };
    return new Map(targets.map((target) => [target.session.metadata.uid, read(target)]));
  }
}
