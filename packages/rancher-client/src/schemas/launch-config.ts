import { z } from 'zod';

/** Rancher's `map[string]`: it stores numbers as strings itself (recording 03-06f); null is a value of its own. */
const mapAsStored = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String).nullable()).nullish();
const strings = z.array(z.string()).nullish();

/**
 * A service's launchConfig. Loose, for an upgrade replaces the whole of it and must send back all
 * that it read (recording 04-10: a partial one drops capDrop, environment and ports).
 */
export const launchConfigSchema = z.looseObject({
  /** `docker:<image>`. */
  imageUuid: z.string().nullish(),
  labels: mapAsStored,
  environment: mapAsStored,
  /** As sent, or with the host port that Rancher chose: `63759:8888/tcp`. */
  ports: strings,
  capDrop: strings,
  capAdd: strings,
  entryPoint: strings,
  command: strings,
  dataVolumes: strings,
  /** Bytes. */
  memory: z.number().nullish(),
  startOnCreate: z.boolean().nullish(),
  tty: z.boolean().nullish(),
  networkMode: z.string().nullish(),
});
export type LaunchConfig = z.infer<typeof launchConfigSchema>;
