import { randomBytes } from 'node:crypto';
import type { Event } from './event.js';
import type { Kind, KindMap } from './kinds.js';
import type { Store } from './store.js';

/** What happened, without whom it is about. */
export type Happening = Pick<Event['spec'], 'reason' | 'note' | 'reportingController'> & Partial<Pick<Event['spec'], 'type' | 'readings'>>;

const MAX_NOTE = 2048;

/** Writes down what happened to an object. Its name begins with the object's. */
export async function recordEvent<K extends Kind>(store: Store, { kind, metadata }: KindMap[K], happening: Happening): Promise<void> {
  const { name, uid } = metadata;
  const { type = 'Normal', note, ...rest } = happening;
  await store.create('Event', {
    metadata: { name: eventName(name) },
    spec: { ...rest, type, note: note.length > MAX_NOTE ? `${note.slice(0, MAX_NOTE - 1)}…` : note, regarding: { kind, name, uid } },
  });
}

/** Names have at most 63 characters, and end in none but letters and digits. */
const eventName = (name: string): string => `${name.slice(0, 46).replace(/-$/, '')}-${randomBytes(8).toString('hex')}`;
