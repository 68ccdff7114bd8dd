import { z } from 'zod';

/** What a container is made of. Unknown keys are kept as they are: an upgrade sends the whole of it back. */
export const launchConfigSchema = z.looseObject({
  imageUuid: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string()).optional(),
  dataVolumes: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  networkMode: z.string().optional(),
  /** `0`, and a new uuid with every upgrade. */
  version: z.string().optional(),
  healthCheck: z.record(z.string(), z.unknown()).nullish(),
  /** Bytes. */
  memory: z.number().optional(),
});
export type LaunchConfig = z.infer<typeof launchConfigSchema>;

/** A sidekick's, which is told from others by its name. */
export const secondaryLaunchConfigSchema = launchConfigSchema.extend({ name: z.string() });
export type SecondaryLaunchConfig = z.infer<typeof secondaryLaunchConfigSchema>;

/** What Rancher fills in (recording 02-15). */
export const LAUNCH_CONFIG_DEFAULTS = {
  instanceTriggeredStop: 'stop',
  kind: 'container',
  networkMode: 'managed',
  privileged: false,
  publishAllPorts: false,
  readOnly: false,
  runInit: false,
  startOnCreate: true,
  stdinOpen: false,
  system: false,
  tty: false,
  version: '0',
  vcpu: 1,
  drainTimeoutMs: 0,
} as const;

const START_ONCE = 'io.rancher.container.start_once';

/** Such a container is not started again when it ends by itself (recording 11-06). */
export const startsOnce = (launchConfig: LaunchConfig | null): boolean => launchConfig?.labels?.[START_ONCE] === 'true';

/** The image as Docker knows it, without Rancher's `docker:`. */
export const imageOf = (launchConfig: LaunchConfig): string => (launchConfig.imageUuid ?? '').replace(/^docker:/, '');
