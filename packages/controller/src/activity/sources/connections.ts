import type { ProjectClient } from '@mooring/rancher-client';
import type { Clock } from '../../runtime/clock.js';
import type { OwnRequests } from '../own-requests.js';
import type { ActivitySource, Reading, Readings, Target } from '../reading.js';
import { type Continuity, count, countsOpenConnections, heldSince, type Judgement, readEach, timeOf, unknown } from './judging.js';
import { type Established, isLoopback, parseTables, READ_TABLES } from './proc-net-tcp.js';
import { RunMemory } from './run-memory.js';

/** Who is connected to the session's port. */
export interface ConnectionsLook {
  /** In ms since the epoch. */
  at: number;
  /** The other ends: `ip:port`. */
  remotes: readonly string[];
  /** Whether Traefik was told to check the session's health: it may keep a connection for that. */
  healthChecked: boolean;
  /** Whether a request of our own came through Traefik since the last look: Traefik may keep a connection from that. */
  probed: boolean;
}

export interface HeldSeen {
  at: number;
  /** When each connection that is open was seen first. */
  first: ReadonlyMap<string, number>;
  /** Those of them that were opened for requests of our own. */
  ours: ReadonlySet<string>;
  /** Since when nobody else's was open. */
  since: number | undefined;
}

interface Policy extends Continuity {
  openCounts: boolean;
  /** An older connection is held by somebody, in ms: longer than Traefik keeps one that nobody uses. */
  heldMs: number;
}

/**
 * What the connections to a session's port say. Traefik keeps one for a while after its request is over (idleConnTimeout), ours among
 * them: so a young one proves nothing, neither use nor quiet, unless it is our own; and one that stays is held by somebody, silent or not.
 * What is seen twice under one address and port is taken for one connection.
 */
export function judgeHeld(previous: HeldSeen | undefined, look: ConnectionsLook, policy: Policy): Judgement<HeldSeen> {
  const { at, healthChecked } = look;
  const first = new Map(look.remotes.map((remote) => [remote, previous?.first.get(remote) ?? at]));
  const held = [...first].filter(([, since]) => at - since > policy.heldMs);
  const ours = oursOf(previous, look);
  const seen = { at, first, ours, since: undefined };
  const young = look.remotes.filter((remote) => !ours.has(remote)).length - held.filter(([remote]) => !ours.has(remote)).length;
  if (held.length + young === 0) {
    const since = heldSince(previous, at, policy);
    return {
      seen: { ...seen, since },
      reading: { type: 'quiet', since, detail: `nobody connected to the container since ${timeOf(since)}` },
    };
  }
  const checks = healthChecked ? new Set(held.map(([remote]) => hostOf(remote))).size : 0;
  if (held.length <= checks) return { seen, reading: undecided(young, held.length, { healthChecked, openCounts: policy.openCounts }) };
  if (!policy.openCounts)
    return { seen, reading: unknown(`${count(held.length, 'connection')} to the container, whether used can't be seen there`) };
  const oldest = Math.min(...held.map(([, since]) => since));
  const detail = `${count(held.length - checks, 'connection')} to the container held since ${timeOf(oldest)}`;
  return { seen, reading: { type: 'active', at, detail } };
}

/** Our own requests come one after the other, so each Traefik opens at most one connection for them. */
function oursOf(previous: HeldSeen | undefined, { remotes, probed }: ConnectionsLook): ReadonlySet<string> {
  const ours = new Set(remotes.filter((remote) => previous?.ours.has(remote)));
  if (!probed) return ours;
  const hosts = new Set([...ours].map(hostOf));
  for (const remote of remotes) {
    if (previous?.first.has(remote) || hosts.has(hostOf(remote))) continue;
    ours.add(remote);
    hosts.add(hostOf(remote));
  }
  return ours;
}

const hostOf = (remote: string): string => remote.slice(0, remote.lastIndexOf(':'));

/** A young connection may be a websocket that was opened a moment ago; one of a health check, which there always is, says nothing. */
function undecided(
  young: number,
  checking: number,
  { healthChecked, openCounts }: { healthChecked: boolean; openCounts: boolean },
): Reading {
  if (young === 0) return unknown(`${count(checking, 'connection')} to the container, which Traefik's health check may hold`);
  const why = `${count(young, 'young connection')} to the container: Traefik keeps those of requests that are over for a while`;
  return { type: 'unknown', why, ...(openCounts && !healthChecked && { seen: true }) };
}

const HEALTH_CHECK = /^traefik\.http\.services\..+\.loadbalancer\.healthcheck\./i;

/**
 * The other ends of the connections to a session. In a network of its own the container's loopback is its own business; where it shares
 * the machine's (its address is a loopback address), everybody comes from there, and only its own address counts.
 */
export function remotesOf(established: readonly Established[], { address }: Pick<Target, 'address'>): string[] {
  const isShared = isLoopback(address.ip);
  const counts = ({ local, remote }: Established): boolean => {
    if (local.port !== address.port) return false;
    return isShared ? local.ip === address.ip : !isLoopback(remote.ip) && remote.ip !== local.ip;
  };
  return established.filter(counts).map(({ remote }) => `${remote.ip}:${remote.port}`);
}

/** A look that failed: who came and went meanwhile isn't known. What was open and is still open was held. */
const heldGap = (previous: HeldSeen): HeldSeen => ({ ...previous, since: undefined });

interface Options extends Continuity {
  containers: Pick<ProjectClient['containers'], 'execute'>;
  clock: Pick<Clock, 'now'>;
  /** What we ourselves send through Traefik. */
  own: OwnRequests;
  heldMs: number;
}

const CONCURRENCY = 8;
const LIMITS = { deadlineMs: 8_000, maxBytes: 4 * 1024 * 1024 };

/** Established TCP connections to the container's port, read inside the container through Rancher. */
export class Connections implements ActivitySource {
  readonly name = 'connections';
  readonly cost = 'dear';
  readonly #memory = new RunMemory<HeldSeen>();

  constructor(private readonly options: Options) {}

  read(targets: readonly Target[], signal: AbortSignal): Promise<Readings> {
    return readEach(targets, { concurrency: CONCURRENCY, signal }, (target) => this.#read(target, signal));
  }

  async #read(target: Target, signal: AbortSignal): Promise<Reading> {
    const { clock, own, longestGapMs, heldMs } = this.options;
    const established = await this.#tables(target, signal);
    const previous = this.#memory.get(target);
    if ('problem' in established) {
      if (previous) this.#memory.set(target, heldGap(previous));
      return unknown(established.problem);
    }
    const healthChecked = Object.keys(target.session.spec.launch.labels).some((label) => HEALTH_CHECK.test(label));
    const at = clock.now();
    const probed = own.wasSent(target.session.metadata.uid, previous?.at ?? at - heldMs, at);
    const look = { at, remotes: remotesOf(established, target), healthChecked, probed };
    const { reading, seen } = judgeHeld(previous, look, { longestGapMs, heldMs, openCounts: countsOpenConnections(target) });
    this.#memory.set(target, seen);
    return reading;
  }

  async #tables({ containerId }: Target, signal: AbortSignal): Promise<Established[] | { problem: string }> {
    try {
      return parseTables(await this.options.containers.execute(containerId, READ_TABLES, { ...LIMITS, signal }));
    } catch (error) {
      return { problem: `the container's connections can't be read: ${(error as Error).message}` };
    }
  }
}
