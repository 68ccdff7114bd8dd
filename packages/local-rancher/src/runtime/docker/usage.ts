import type { Usage } from '../runtime.js';
import type { Stats } from './engine-schemas.js';

/** Docker's statistics in the form of Rancher's agent. */
export const usageFrom = ({ cpu_stats, memory_stats, networks }: Stats): Usage => ({
  cpu: { usage: { total: cpu_stats.cpu_usage.total_usage } },
  memory: { usage: memory_stats.usage ?? 0 },
  network: {
    interfaces: Object.entries(networks ?? {}).map(([name, { rx_bytes, tx_bytes }]) => ({ name, rx_bytes, tx_bytes })),
  },
});
