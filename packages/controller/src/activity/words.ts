import type { ActivityMemory } from './memory.js';
import type { Reading } from './reading.js';

/** What each source last said, for people and Events. */
export function saidBy(memory: ActivityMemory | undefined): Record<string, string> {
  const words = Object.entries(memory?.words ?? {});
  return Object.fromEntries(words.map(([source, { reading }]) => [source, inWords(reading)]));
}

export function inWords(reading: Reading): string {
  switch (reading.type) {
    case 'active':
      return `active at ${timeOf(reading.at)}, ${reading.detail}`;
    case 'quiet':
      return `quiet since ${timeOf(reading.since)}, ${reading.detail}`;
    case 'unknown':
      return `unknown, ${reading.why}`;
  }
}

const MAX_TIME = 8.64e15;

/** RFC 3339; a time that a source gave may be none. */
const timeOf = (ms: number): string => (Math.abs(ms) <= MAX_TIME ? new Date(ms).toISOString() : 'an impossible time');
