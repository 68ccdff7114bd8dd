import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { createRandom } from './random.js';

type Replaceable = 'randomUUID' | 'randomBytes' | 'randomInt';

/**
 * Makes all randomness of this process follow from a seed: Math.random and node:crypto's. What runs in the simulation is the product as it
 * is, which takes its randomness from there. Answers how to undo it.
 */
export function seedProcess(seed: number): () => void {
  const random = createRandom(seed);
  const before = { random: Math.random, randomUUID: crypto.randomUUID, randomBytes: crypto.randomBytes, randomInt: crypto.randomInt };
  const replace = (name: Replaceable, by: unknown): void => {
    (crypto as unknown as Record<Replaceable, unknown>)[name] = by;
  };
  Math.random = () => random.int(0, 2 ** 30) / (2 ** 30 + 1);
  replace('randomUUID', () => uuidOf(random.bytes(16)));
  replace('randomBytes', (length: number) => Buffer.from(random.bytes(length)));
  replace('randomInt', (from: number, to: number) => random.int(from, to - 1));
  syncBuiltinESMExports();
  return () => {
    Math.random = before.random;
    for (const name of ['randomUUID', 'randomBytes', 'randomInt'] as const) replace(name, before[name]);
    syncBuiltinESMExports();
  };
}

/** RFC 9562, version 4. */
function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
