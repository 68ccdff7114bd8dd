import type { ContainersOptions } from '@mooring/http-front';
import type { ContainerStats, ProjectClient } from '@mooring/rancher-client';

/** A stream is read for so long, and then opened anew by whoever still asks. */
const LIMITS = { deadlineMs: 600_000, maxBytes: 64 * 1024 * 1024 };

type Rancher = { containers: Pick<ProjectClient['containers'], 'get'>; hosts: Pick<ProjectClient['hosts'], 'containerStats'> };

/** Cgroups v1 and v2 don't write the names of operations alike. */
function moved({ diskio }: ContainerStats, operation: string): number {
  const all = (diskio?.io_service_bytes ?? []).flatMap(({ stats }) => Object.entries(stats));
  return all.reduce((total, [name, bytes]) => total + (name.toLowerCase() === operation ? bytes : 0), 0);
}

function sampleOf(row: ContainerStats) {
  const { timestamp: at, cpu, memory, network, diskio } = row;
  const sum = (field: 'rx_bytes' | 'tx_bytes'): number => (network?.interfaces ?? []).reduce((total, each) => total + each[field], 0);
  return {
    at,
    cpuNanoseconds: cpu?.usage.total ?? 0,
    memoryBytes: memory?.usage ?? 0,
    ...(network && { network: { receivedBytes: sum('rx_bytes'), sentBytes: sum('tx_bytes') } }),
    ...(diskio?.io_service_bytes.length && { block: { readBytes: moved(row, 'read'), writtenBytes: moved(row, 'write') } }),
  };
}

/** What containers use, by their host's statistics: Rancher has none of a single container (it answers 500). */
export function usageOf({ containers, hosts }: Rancher): ContainersOptions['watchUsage'] {
  return async function* (id, signal) {
    const hostId = (await containers.get(id))?.hostId;
    if (!hostId) return;
    for await (const frame of hosts.containerStats(hostId, { ...LIMITS, signal })) {
      const row = frame.find((each) => each.id === id);
      // No row: it has ended.
      if (row === undefined) return;
      yield sampleOf(row);
    }
  };
}
