import type { z } from 'zod';
import type { Usage } from '../satellite.js';
import type { statsSchema } from './schemas.js';

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Docker's statistics; undefined where the container doesn't run, which has no memory then. */
export function usageFrom({ read, cpu_stats, memory_stats, networks, blkio_stats }: z.infer<typeof statsSchema>): Usage | null {
  if (memory_stats.usage === undefined) return null;
  const blocks = blkio_stats?.io_service_bytes_recursive;
  const of = (op: string): number => sum((blocks ?? []).filter((row) => row.op.toLowerCase() === op).map(({ value }) => value));
  const interfaces = networks && Object.values(networks);
  return {
    timestamp: read,
    cpuNanoseconds: cpu_stats.cpu_usage.total_usage,
    memoryBytes: memory_stats.usage,
    memoryLimitBytes: memory_stats.limit ?? null,
    network: interfaces
      ? { receivedBytes: sum(interfaces.map(({ rx_bytes }) => rx_bytes)), sentBytes: sum(interfaces.map(({ tx_bytes }) => tx_bytes)) }
      : null,
    // An Engine that counts nothing has an empty list, which says no more than none.
    block: blocks?.length ? { readBytes: of('read'), writtenBytes: of('write') } : null,
  };
}
