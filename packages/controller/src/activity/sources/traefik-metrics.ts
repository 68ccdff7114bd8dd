import { type LinePicker, parseSample, type Sample } from './prometheus-text.js';

const STARTED = 'process_start_time_seconds';
const OPEN = 'traefik_service_open_connections';
const REQUESTS = 'traefik_service_requests_total';
export const TRAEFIK_METRICS = [STARTED, OPEN, REQUESTS] as const;

/** What is open to a service at the moment. */
export interface OpenConnections {
  /** Requests under way. */
  requests: number;
  /** What stays open: websockets, server-sent events. */
  streams: number;
}

/** Requests by the other labels (code, method, protocol). */
export type RequestCounts = ReadonlyMap<string, number>;

/** What Traefik says of its services, at one moment. */
export interface TraefikMetrics {
  /** When this Traefik started, in seconds since the epoch: another one counts from zero. */
  startedAt: number;
  /** By the service's name; empty with Traefik 3, which has no such metric. */
  open: ReadonlyMap<string, OpenConnections>;
  requests: ReadonlyMap<string, RequestCounts>;
}

/** What was picked of Traefik's metrics, or why it can't be used: what is wrong in one place isn't trusted in another. */
export function readMetrics(picker: LinePicker): TraefikMetrics | { problem: string } {
  if (!picker.isWhole) return { problem: "Traefik's metrics came cut short" };
  const samples = picker.lines.map(parseSample);
  if (!samples.every(isUsable)) return { problem: "Traefik's metrics can't be read" };
  const of = (name: string): Sample[] => samples.filter((sample) => sample.name === name);
  const [started] = of(STARTED);
  if (!started) return { problem: 'what answered does not tell when it started (is it the metrics of Traefik?)' };
  const open = new Map<string, OpenConnections>();
  const requests = new Map<string, Map<string, number>>();
  for (const sample of of(OPEN)) addOpen(open, sample);
  for (const sample of of(REQUESTS)) addRequests(requests, sample);
  return { startedAt: started.value, open, requests };
}

const isUsable = (sample: Sample | undefined): sample is Sample => sample !== undefined && Number.isFinite(sample.value);

function addOpen(open: Map<string, OpenConnections>, { labels, value }: Sample): void {
  const name = labels.service ?? '';
  const before = open.get(name) ?? { requests: 0, streams: 0 };
  const kind = labels.protocol === 'http' ? 'requests' : 'streams';
  // A negative one must not hide a positive one beside it.
  const sum = Number.isNaN(before[kind]) || value < 0 ? Number.NaN : before[kind] + value;
  open.set(name, { ...before, [kind]: sum });
}

function addRequests(requests: Map<string, Map<string, number>>, { labels, value }: Sample): void {
  const { service = '', ...others } = labels;
  const counts = requests.get(service) ?? new Map<string, number>();
  const key = Object.keys(others)
    .sort()
    .map((name) => `${name}=${others[name]}`)
    .join(' ');
  counts.set(key, value);
  requests.set(service, counts);
}

/** How much a service's counters went up; undefined where one went down or away: then they began anew. */
export function increase(before: RequestCounts, now: RequestCounts): number | undefined {
  let sum = 0;
  for (const [key, value] of before) if ((now.get(key) ?? -1) < value) return undefined;
  for (const [key, value] of now) sum += value - (before.get(key) ?? 0);
  return sum;
}
