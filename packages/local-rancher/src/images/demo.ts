import { fileURLToPath } from 'node:url';
import type { ImageSpec } from '../runtime/image-manifest.js';

export const DEMO_IMAGE = 'mooring/demo';

/** Compiled, also where this file runs from its source: a plain `node` is to start it. */
const SERVER = fileURLToPath(new URL('../../dist/images/demo-server.js', import.meta.url));

/** A small stand-in for Jupyter that answers a moment after its start: a page, an echo websocket, a status in Jupyter's form. */
export const demoImage: ImageSpec = {
  entrypoint: [process.execPath, SERVER, '{ip}', '{port}'],
  command: [],
  // It has nothing to save.
  stopGraceMs: 1_000,
};
