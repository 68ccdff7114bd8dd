import { fileURLToPath } from 'node:url';

/**
 * What Node is given to run a satellite of its own process. What passes through it is garbage at once: with a small space for new objects
 * that is collected often, and an archive of 1 GB takes half as much memory as with Node's own.
 * The program is the compiled one, also where this file runs from its source.
 */
export const SATELLITE_ARGUMENTS: readonly string[] = [
  '--max-semi-space-size=1',
  fileURLToPath(new URL('../dist/main.js', import.meta.url)),
];
