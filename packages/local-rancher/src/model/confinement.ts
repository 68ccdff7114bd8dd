import { z } from 'zod';
import type { Confinement } from '../runtime/runtime.js';
import type { LaunchConfig } from './launch-config.js';

const text = z.string().min(1).optional().catch(undefined);
const texts = z.array(z.string()).nonempty().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);

/** The API has refused what is of another type already; null is nothing. */
const confinementSchema = z.object({
  entryPoint: texts,
  user: text,
  workingDir: text,
  hostname: text,
  capAdd: texts,
  capDrop: texts,
  tty: flag,
  stdinOpen: flag,
  privileged: flag,
  readOnly: flag,
  stopSignal: text,
  networkMode: text,
});

/** What a launchConfig says of how a container is confined and run, without what it leaves open. */
export const confinementOf = (launchConfig: LaunchConfig): Confinement => {
  const entries = Object.entries(confinementSchema.parse(launchConfig));
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
};
