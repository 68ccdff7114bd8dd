import type { Explanation, ObjectCache } from '@mooring/resources';
import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import { StatisticsCollector, type StatisticsStorage } from './statistics/collector.js';
import { WatchHub, type WatchLimits } from './watch/watch-hub.js';

/** What somebody who asks the container's host tells. */
type Tail = { kind: 'lines'; lines: string[] } | { kind: 'none' } | { kind: 'unavailable'; why: string };

interface Sources {
  sessions: Pick<ObjectCache<'Session'>, 'get' | 'list' | 'subscribe' | 'resourceVersion'>;
  templates: Pick<ObjectCache<'SessionTemplate'>, 'get' | 'list'>;
  pools: Pick<ObjectCache<'WarmPool'>, 'get' | 'list'>;
  /** Why a session is in the state that it is in; undefined where there is none of this name. */
  explain: (session: string) => Promise<Explanation | undefined>;
  /** The last lines that a session's container wrote; undefined where there is no such session. */
  tail: (session: string, lines: number) => Promise<Tail | undefined>;
}

/** What the API needs beside what the other doors do, wherever it is served. */
export interface ApiParts extends Sources {
  hub: WatchHub;
  statistics: StatisticsCollector;
}

export interface ApiPartsOptions extends Sources {
  /** Where the statistics outlive the process. */
  storage?: StatisticsStorage;
  watches?: Partial<WatchLimits>;
  /** In ms since the epoch. */
  now: () => number;
  registry: Registry;
  logger: Logger;
}

const WATCHES: WatchLimits = { maxStreams: 500, maxPerPerson: 12, maxChanges: 2_000, heartbeatMs: 15_000 };

/** Begins to follow the sessions; the listeners that serve the API end it when they close. */
export async function openApiParts({ storage, watches, now, registry, logger, ...sources }: ApiPartsOptions): Promise<ApiParts> {
  const { sessions } = sources;
  const open = new Gauge({ name: 'mooring_front_watches', help: "The API's watches that are open.", registers: [registry] });
  const statistics = new StatisticsCollector({ sessions, now, logger, ...(storage && { storage }) });
  await statistics.load();
  return { ...sources, statistics, hub: new WatchHub({ ...WATCHES, ...watches, sessions, open }) };
}
