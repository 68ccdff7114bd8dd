import type { ProjectClient } from '@mooring/rancher-client';
import type { Logger } from 'pino';
import type { Asker } from '../../routes/prober.js';
import type { Clock } from '../../runtime/clock.js';
import { OwnRequests } from '../own-requests.js';
import type { ActivitySource } from '../reading.js';
import { Connections } from './connections.js';
import { Front, type Uses } from './front.js';
import { Jupyter } from './jupyter.js';
import { Network } from './network.js';
import { TraefikConnections } from './traefik-connections.js';
import { TraefikRequests } from './traefik-requests.js';
import { type FetchMetrics, TraefikScraper } from './traefik-scraper.js';

export interface ActivitySourcesOptions {
  /** Where the sessions run. */
  project: Pick<ProjectClient, 'containers'>;
  /** What the controller itself sends through Traefik: the same that it was given. */
  own: OwnRequests;
  clock: Pick<Clock, 'now'>;
  log: Logger;
  /** Traefik's metrics, such as http://traefik:8080/metrics; without it Traefik is not asked. */
  traefikMetricsUrl?: string | undefined;
  /** What the front notes; without it the front is not asked. */
  uses?: Uses | undefined;
  /** The name of the stack at Rancher, for sessions that narrative-traefiker left. */
  stackName?: string | undefined;
  /** The longest time between two looks that still counts as seen, in ms; 5 min by default. */
  longestGapMs?: number | undefined;
  /** How long Traefik keeps a connection that nobody uses (serversTransport.forwardingTimeouts.idleConnTimeout), in ms; its default is 90 s. */
  traefikIdleMs?: number | undefined;
  /** Who asks Jupyter servers, and who fetches Traefik's metrics; over the network where nothing else is said. */
  askers?: { jupyter: Asker; metrics: FetchMetrics } | undefined;
}

const LONGEST_GAP_MS = 300_000;
const TRAEFIK_IDLE_MS = 90_000;
/** Traefik looks after its idle connections when it finds the time. */
const IDLE_SLACK = { factor: 1.1, ms: 1_000 };

/** Everybody who can be asked, the cheap ones first. */
export function createActivitySources(options: ActivitySourcesOptions): ActivitySource[] {
  const { project, own, clock, log, traefikMetricsUrl, uses, stackName, askers } = options;
  const { longestGapMs = LONGEST_GAP_MS, traefikIdleMs = TRAEFIK_IDLE_MS } = options;
  const direct = new OwnRequests(clock);
  const { containers } = project;
  const sources: ActivitySource[] = uses ? [new Front(uses)] : [];
  if (traefikMetricsUrl !== undefined) {
    const scraper = new TraefikScraper({ url: traefikMetricsUrl, clock, log, fetch: askers?.metrics });
    const traefik = { scraper, own, stackName, longestGapMs };
    sources.push(new TraefikConnections(traefik), new TraefikRequests(traefik));
  }
  const heldMs = traefikIdleMs * IDLE_SLACK.factor + IDLE_SLACK.ms;
  sources.push(
    new Jupyter({ clock, direct, longestGapMs, asker: askers?.jupyter }),
    new Network({ containers, clock, direct, longestGapMs }),
    new Connections({ containers, clock, longestGapMs, heldMs }),
  );
  return sources;
}
