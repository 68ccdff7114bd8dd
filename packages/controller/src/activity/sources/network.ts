import type { ContainerStats, ProjectClient } from '@mooring/rancher-client';
import type { Clock } from '../../runtime/clock.js';
import type { OwnRequests } from '../own-requests.js';
import type { ActivitySource, Reading, Readings, Target } from '../reading.js';
import { type Continuity, count, countsOpenConnections, heldSince, type Judgement, readEach, timeOf, unknown } from './judging.js';
import { RunMemory } from './run-memory.js';

/** Bytes that a container has received and sent since its start, by interface. */
export type TrafficCounts = ReadonlyMap<string, number>;

export interface TrafficSeen {
  /** In ms since the epoch. */
  at: number;
  counts: TrafficCounts;
  /** Since when hardly anything was sent or received. */
  since: number | undefined;
}

/** What a container gets without anybody's doing: address resolution, broadcasts, the metadata service. */
const NOISE_BYTES = 4 * 1024;
const NOISE_BYTES_A_SECOND = 64;
/** At most what a look of ours at Jupyter takes: three short answers, and the connections. */
const OWN_BYTES = 32 * 1024;

/**
 * What a container's traffic says. More than noise and our own questions explain is somebody's. Less is quiet only where silent
 * connections don't count, since those move next to nothing, and where none of our own questions could hide it.
 *
 * @param ours how many times we ourselves asked the container since the last look
 */
export function judgeTraffic(
  previous: TrafficSeen | undefined,
  { at, counts, ours }: { at: number; counts: TrafficCounts; ours: number },
  { openCounts, ...continuity }: Continuity & { openCounts: boolean },
): Judgement<TrafficSeen> {
  const seen = { at, counts, since: undefined };
  const bytes = previous && increaseOf(previous.counts, counts);
  if (!previous || bytes === undefined) return { seen, reading: unknown("the container's traffic is counted from now on") };
  const noise = NOISE_BYTES + (NOISE_BYTES_A_SECOND * (at - previous.at)) / 1000;
  const since = timeOf(previous.at);
  if (bytes > noise + (ours > 0 ? ours * OWN_BYTES : 0))
    return { seen, reading: { type: 'active', at, detail: `${bytes} bytes since ${since}` } };
  if (openCounts || ours > 0) return { seen, reading: unknown(`${bytes} bytes since ${since}, too few to prove anything`) };
  const held = heldSince({ at: previous.at, since: previous.since ?? previous.at }, at, continuity);
  return {
    seen: { ...seen, since: held },
    reading: { type: 'quiet', since: held, detail: `no traffic worth the name since ${timeOf(held)}` },
  };
}

/** undefined where a counter went down or away. */
function increaseOf(before: TrafficCounts, now: TrafficCounts): number | undefined {
  let sum = 0;
  for (const [name, bytes] of before) {
    const more = (now.get(name) ?? -1) - bytes;
    if (more < 0) return undefined;
    sum += more;
  }
  return sum;
}

/** What a frame counts for the one container that was asked for; undefined in a second in which nothing was told. */
export function countsOf(frame: readonly ContainerStats[]): TrafficCounts | undefined {
  const interfaces = frame.length === 1 ? frame[0]?.network?.interfaces : undefined;
  if (!interfaces || interfaces.length === 0) return undefined;
  return new Map(interfaces.map(({ name, rx_bytes, tx_bytes }) => [name, rx_bytes + tx_bytes]));
}

interface Options extends Continuity {
  containers: Pick<ProjectClient['containers'], 'containerStats'>;
  clock: Pick<Clock, 'now'>;
  direct: OwnRequests;
}

const CONCURRENCY = 8;
/** A frame comes each second; the first may be empty. */
const FRAMES = 3;
const LIMITS = { deadlineMs: 8_000, maxBytes: 1024 * 1024 };

/** Network bytes from Rancher's statistics. */
export class Network implements ActivitySource {
  readonly name = 'network';
  readonly cost = 'dear';
  readonly #memory = new RunMemory<TrafficSeen>();

  constructor(private readonly options: Options) {}

  read(targets: readonly Target[], signal: AbortSignal): Promise<Readings> {
    return readEach(targets, { concurrency: CONCURRENCY, signal }, (target) => this.#read(target, signal));
  }

  async #read(target: Target, signal: AbortSignal): Promise<Reading> {
    const { clock, direct, longestGapMs } = this.options;
    const told = await this.#counts(target, signal);
    const previous = this.#memory.get(target);
    if ('problem' in told) {
      if (previous) this.#memory.set(target, { ...previous, since: undefined });
      return unknown(told.problem);
    }
    const { counts } = told;
    const at = clock.now();
    const ours = previous ? direct.between(target.session.metadata.uid, previous.at, at) : 0;
    const policy = { longestGapMs, openCounts: countsOpenConnections(target) };
    const { reading, seen } = judgeTraffic(previous, { at, counts, ours }, policy);
    this.#memory.set(target, seen);
    return reading;
  }

  async #counts({ containerId }: Target, signal: AbortSignal): Promise<{ counts: TrafficCounts } | { problem: string }> {
    let frames = 0;
    try {
      for await (const frame of this.options.containers.containerStats(containerId, { ...LIMITS, signal })) {
        const counts = countsOf(frame);
        if (counts) return { counts };
        frames += 1;
        if (frames === FRAMES) break;
      }
    } catch (error) {
      return { problem: `Rancher gives no statistics of the container: ${(error as Error).message}` };
    }
    return { problem: `nobody counts the container's traffic (${count(frames, 'frame')} without it)` };
  }
}
