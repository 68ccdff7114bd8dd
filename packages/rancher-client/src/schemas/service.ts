import { z } from 'zod';
import { containerSchema } from './container.js';
import { launchConfigSchema } from './launch-config.js';
import { count, flag, list, map, orNull, resourceFields, text } from './primitives.js';
import { stackSchema } from './stack.js';

const publicEndpointSchema = z.object({ hostId: text, instanceId: text, serviceId: text, ipAddress: text, port: count });

/**
 * A service of any type (recordings 02-*, 08-*). `healthState` is `healthy` from the creation on and `active` isn't "running": only a
 * container in state `running` with an address is.
 */
export const serviceSchema = z.object({
  ...resourceFields,
  stackId: text,
  metadata: map,
  launchConfig: orNull(launchConfigSchema),
  secondaryLaunchConfigs: list(launchConfigSchema),
  scale: count,
  currentScale: count,
  instanceIds: list(z.string()),
  publicEndpoints: list(publicEndpointSchema),
  startOnCreate: flag,
  system: flag,
  /** The strategy of the last upgrade, with the launchConfig before it (recording 04-07c). */
  upgrade: orNull(z.record(z.string(), z.unknown())),
  externalId: text,
  linkedServices: map,
  /** With `include: ['instances']`. */
  instances: z.array(containerSchema).nullish(),
  /** With `include: ['stack']`. */
  stack: stackSchema.nullish(),
});
export type Service = z.infer<typeof serviceSchema>;
