import { expect, it } from '@jest/globals';
import { statsSchema } from '../../../src/runtime/docker/engine-schemas.js';
import { usageFrom } from '../../../src/runtime/docker/usage.js';

/** Of cgroups v2, where most of what v1 counts is null or missing, and operations are in lower case (ContainerStats in the Engine's API). */
const ofV2 = (io_service_bytes_recursive: object[] | null) => ({
  read: '2026-01-02T03:04:05.123456789Z',
  blkio_stats: { io_service_bytes_recursive, io_serviced_recursive: null, io_queue_recursive: null, sectors_recursive: null },
  cpu_stats: { cpu_usage: { total_usage: 167978000, usage_in_kernelmode: 114098000, usage_in_usermode: 53879000 }, online_cpus: 4 },
  memory_stats: { usage: 1048576, limit: 4124508160, stats: { anon: 507904, file: 4096, inactive_file: 0 } },
});

it('what cgroups v2 count of a container is told as the agent tells it, a disk each', () => {
  const rows = ['read', 'write'].flatMap((op, at) => [8, 254].map((major) => ({ major, minor: 0, op, value: major + at })));
  expect(usageFrom(statsSchema.parse(ofV2(rows)))).toEqual({
    cpu: { usage: { total: 167978000 } },
    memory: { usage: 1048576 },
    network: { interfaces: [] },
    diskio: {
      io_service_bytes: [
        { major: 8, minor: 0, stats: { Read: 8, Write: 9 } },
        { major: 254, minor: 0, stats: { Read: 254, Write: 255 } },
      ],
    },
  });
});

it('disks are missing before there was any traffic with one', () => {
  expect(usageFrom(statsSchema.parse(ofV2(null)))).not.toHaveProperty('diskio');
});
