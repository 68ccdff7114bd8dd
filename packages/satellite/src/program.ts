import { fileURLToPath } from 'node:url';

/** What a plain `node` is to start: compiled, also where this file runs from its source. */
export const SATELLITE_PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url));
