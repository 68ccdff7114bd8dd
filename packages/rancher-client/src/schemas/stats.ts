import { z } from 'zod';
import { list, orNull, text } from './primitives.js';

/** What the links `containerstats` and `hoststats` answer; without a URL where no host has anything to measure (recordings 05-24, 11-12). */
export const statsAccessSchema = z.object({ url: text, token: text });

const bytes = z.number().nonnegative();

const interfaceSchema = z.object({ name: z.string(), rx_bytes: bytes, tx_bytes: bytes });

/**
 * One container at one moment, as Rancher's agent says it once a second (rancher/agent, service/hostapi/stats). A second in which Docker told
 * nothing comes as zeros without interfaces.
 */
const containerStatsSchema = z.object({
  /** Rancher's id, or Docker's where one container was asked for. */
  id: z.string(),
  /** RFC 3339. */
  timestamp: z.string(),
  /** Nanoseconds since the start. */
  cpu: orNull(z.object({ usage: z.object({ total: z.number() }) })),
  /** Bytes. */
  memory: orNull(z.object({ usage: bytes })),
  /** Bytes since the start, by interface, the loopback left out; null where nobody counts them. */
  network: orNull(z.object({ interfaces: list(interfaceSchema) })),
  /** Bytes since the start, by disk and operation (`Read`, `Write`, …); null where nobody counts them. */
  diskio: orNull(z.object({ io_service_bytes: list(z.object({ stats: z.record(z.string(), bytes) })) })),
});
export type ContainerStats = z.infer<typeof containerStatsSchema>;

/** A frame: the containers' rows of one second. */
export const statsFrameSchema = z.array(containerStatsSchema);
