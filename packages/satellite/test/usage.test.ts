import { describe, expect, it } from '@jest/globals';
import { statsSchema } from '../src/engine/schemas.js';
import { usageFrom } from '../src/engine/usage.js';

type Row = { op: string; value: number };

const stats = (rows: Row[] | null) => ({
  read: '2026-01-02T03:04:05Z',
  cpu_stats: { cpu_usage: { total_usage: 1 } },
  memory_stats: { usage: 2 },
  blkio_stats: { io_service_bytes_recursive: rows },
});

describe('what a container uses', () => {
  it('is of all disks together, whatever the operations are called', () => {
    for (const [read, write] of [
      ['Read', 'Write'],
      ['read', 'write'],
    ] as const) {
      const rows = [read, write, read, 'Total'].map((op, value) => ({ op, value: value + 1 }));
      expect(usageFrom(stats(rows))?.block).toEqual({ readBytes: 4, writtenBytes: 2 });
    }
  });

  it('has no disks where nobody counts them', () => {
    expect([usageFrom(stats([]))?.block, usageFrom(stats(null))?.block]).toEqual([null, null]);
  });
});

/**
 * An Engine's answer of cgroups v2, in which, as its API says (ContainerStats), everything of blkio_stats but io_service_bytes_recursive is null, and
 * cpu_usage.percpu_usage, memory_stats.max_usage and failcnt are missing.
 */
const ofV2 = (io_service_bytes_recursive: (Row & { major: number; minor: number })[] | null, memory_stats: object) => ({
  read: '2026-01-02T03:04:05.123456789Z',
  preread: '0001-01-01T00:00:00Z',
  pids_stats: { current: 3, limit: 18446744073709552000 },
  blkio_stats: {
    io_service_bytes_recursive,
    ...{ io_serviced_recursive: null, io_queue_recursive: null, io_service_time_recursive: null, io_wait_time_recursive: null },
    ...{ io_merged_recursive: null, io_time_recursive: null, sectors_recursive: null },
  },
  num_procs: 0,
  storage_stats: {},
  cpu_stats: {
    cpu_usage: { total_usage: 167978000, usage_in_kernelmode: 114098000, usage_in_usermode: 53879000 },
    ...{ system_cpu_usage: 195777240000000, online_cpus: 4, throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 } },
  },
  precpu_stats: { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 }, throttling_data: {} },
  memory_stats,
  name: '/one',
  id: 'c1',
});

describe('what a container uses under cgroups v2', () => {
  const memory = {
    usage: 1048576,
    limit: 4124508160,
    stats: { active_anon: 0, anon: 507904, file: 4096, inactive_file: 0, pgfault: 5301 },
  };

  it('is told, with the bytes of each disk', () => {
    const rows = [
      { major: 254, minor: 0, op: 'read', value: 4096 },
      { major: 254, minor: 0, op: 'write', value: 8192 },
      { major: 8, minor: 16, op: 'read', value: 1 },
      { major: 8, minor: 16, op: 'write', value: 2 },
    ];
    const networks = { eth0: { rx_bytes: 5, rx_packets: 1, tx_bytes: 6, tx_packets: 1 } };
    expect(usageFrom(statsSchema.parse({ ...ofV2(rows, memory), networks }))).toEqual({
      timestamp: '2026-01-02T03:04:05.123456789Z',
      cpuNanoseconds: 167978000,
      memoryBytes: 1048576,
      memoryLimitBytes: 4124508160,
      network: { receivedBytes: 5, sentBytes: 6 },
      block: { readBytes: 4097, writtenBytes: 8194 },
    });
  });

  it('has neither disks nor network before the first byte to or from a disk, on the network of the machine', () => {
    expect(usageFrom(statsSchema.parse(ofV2(null, memory)))).toMatchObject({ block: null, network: null, memoryBytes: 1048576 });
  });

  it('is nothing where it does not run', () => {
    expect(usageFrom(statsSchema.parse(ofV2(null, {})))).toBeNull();
  });
});
