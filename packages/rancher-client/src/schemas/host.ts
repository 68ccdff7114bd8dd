import { z } from 'zod';
import { resourceFields, text } from './primitives.js';

/** A host (recording 05-14). `agentState` says more than `state` where Rancher's agent is out of reach. */
export const hostSchema = z.object({
  ...resourceFields,
  hostname: text,
  agentState: text,
});
export type Host = z.infer<typeof hostSchema>;
