import { fileURLToPath } from 'node:url';
import type { ImageSpec } from './image-manifest.js';
import { ImageNotFoundError } from './runtime.js';

/** Compiled, also where this file runs from its source: a plain `node` is to start it. */
const PROGRAM = fileURLToPath(new URL('../../dist/runtime/placeholder-program.js', import.meta.url));

/** What becomes of a container whose image the manifest doesn't know. */
export type UnknownImage = 'placeholder' | 'error';

/** @throws ImageNotFoundError where `policy` is `error` */
export function standIn(reference: string, policy: UnknownImage): ImageSpec {
  if (policy === 'error') {
    throw new ImageNotFoundError(`image ${reference} not found: the local manifest doesn't have it, and nothing is pulled here`);
  }
  return { entrypoint: [process.execPath, PROGRAM, reference], command: [] };
}
