import { publicPortsOf } from './ports.js';
import type { ContainerRecord, HostRecord } from './records.js';

/** New containers go to hosts that are active and answer (recording 04-45). */
export const takesContainers = (host: HostRecord): boolean => host.state === 'active' && host.agentState === null;

/** What a host bears already. */
export interface Load {
  host: HostRecord;
  containers: number;
  /** Whether a container on it has this public port. */
  hasPort(port: number): boolean;
}

const NETWORK_MODES: ReadonlySet<string> = new Set(['managed', 'host', 'bridge', 'none', 'container']);

const refuseUnknownNetwork = (networkMode: string): void => {
  if (!NETWORK_MODES.has(networkMode) && !networkMode.startsWith('container:'))
    throw new Error(`Failed to find network for networkMode ${networkMode}`);
};

/**
 * The host for a container: the one with the fewest where its public ports are free, or its own where it has one.
 * A public port belongs to one container of a host, though nothing is bound to it here (recording 03-05e).
 * @throws Error worded as Rancher's where no host will do
 */
export const placeContainer = (container: ContainerRecord, loads: readonly Load[]): HostRecord => {
  const { networkMode = 'managed', ports = [] } = container.launchConfig;
  refuseUnknownNetwork(networkMode);
  const wanted = publicPortsOf(ports);
  const candidates = loads.filter(({ host }) => (container.hostId === null ? takesContainers(host) : host.id === container.hostId));
  const free = candidates.filter((load) => !wanted.some((port) => load.hasPort(port)));
  const [best] = free.sort((a, b) => a.containers - b.containers);
  if (best) return best.host;
  const taken = wanted.find((port) => candidates.some((load) => load.hasPort(port)));
  const reason = taken === undefined ? 'No healthy hosts with sufficient resources available' : `host needs ports ${taken}/tcp available`;
  throw new Error(`Allocation failed: ${reason}`);
};
