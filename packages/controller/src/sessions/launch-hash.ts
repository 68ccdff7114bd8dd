import { createHash } from 'node:crypto';
import type { Launch } from '@mooring/resources';

/** Every look at a session asks again, and a launch never changes. */
const known = new WeakMap<Launch, string>();

/** Tells one launch from another, whatever the order of its fields: 16 hexadecimal digits. */
export function launchHash(launch: Launch): string {
  const hash = known.get(launch) ?? hashOf(launch);
  known.set(launch, hash);
  return hash;
}

function hashOf(launch: Launch): string {
  return createHash('sha256').update(JSON.stringify(launch, sortedKeys)).digest('hex').slice(0, 16);
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
