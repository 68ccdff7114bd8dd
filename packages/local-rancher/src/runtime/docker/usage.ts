import type { Usage } from '../runtime.js';
import type { Stats } from './engine-schemas.js';

type Disk = NonNullable<Usage['diskio']>['io_service_bytes'][number];

/** Docker's rows, an operation each, as the agent's, a disk each; of cgroups v2 the operations' names are in lower case. */
function disksOf(blkio: Stats['blkio_stats']): Disk[] {
  const disks = new Map<string, Disk>();
  for (const { major, minor, op, value } of blkio?.io_service_bytes_recursive ?? []) {
    const disk = disks.get(`${major}:${minor}`) ?? { major, minor, stats: {} };
    disk.stats[op.charAt(0).toUpperCase() + op.slice(1)] = value;
    disks.set(`${major}:${minor}`, disk);
  }
  return [...disks.values()];
}

/** Docker's statistics in the form of Rancher's agent. */
export const usageFrom = ({ cpu_stats, memory_stats, networks, blkio_stats }: Stats): Usage => ({
  cpu: { usage: { total: cpu_stats.cpu_usage.total_usage } },
  memory: { usage: memory_stats.usage ?? 0 },
  network: {
    interfaces: Object.entries(networks ?? {}).map(([name, { rx_bytes, tx_bytes }]) => ({ name, rx_bytes, tx_bytes })),
  },
  ...(blkio_stats?.io_service_bytes_recursive && { diskio: { io_service_bytes: disksOf(blkio_stats) } }),
});
