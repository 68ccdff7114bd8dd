import { z } from 'zod';
import { count, flag, list, resourceFields, stringMap, text } from './primitives.js';

/** A container (recordings 05-03, 02-10). Its name and labels stay those of its creation when the service is renamed (03-21c). */
export const containerSchema = z.object({
  ...resourceFields,
  /** Null until it was started, and again once it was purged. */
  primaryIpAddress: text,
  /** Null in Rancher, so empty here, for containers that belong to no service. */
  serviceIds: list(z.string()),
  hostId: text,
  externalId: text,
  imageUuid: text,
  labels: stringMap,
  ports: list(z.string()),
  dataVolumes: list(z.string()),
  startCount: count,
  /** Null where it has no health check. */
  healthState: text,
  firstRunning: text,
  system: flag,
  deploymentUnitUuid: text,
});
export type Container = z.infer<typeof containerSchema>;

/** What the actions logs, execute and proxy answer (recordings 05-20 to 05-22). The token is a secret that opens the stream for 5 minutes (proxy: 16 hours). */
export const hostAccessSchema = z.object({ url: z.string().min(1), token: z.string() });
export type HostAccess = z.infer<typeof hostAccessSchema>;
