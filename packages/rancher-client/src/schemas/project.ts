import { z } from 'zod';
import { resourceFields, text } from './primitives.js';

/** A project, which Rancher's pages call an environment (recordings 01-06, 01-07). */
export const projectSchema = z.object({ ...resourceFields, orchestration: text });
export type Project = z.infer<typeof projectSchema>;
