import type { SessionTemplate } from '@mooring/resources';
import { template } from './front.js';
import { MemoryStore } from './memory-store.js';

/** What recording a wish needs, in memory; `current` is the template. */
export function deps(store = new MemoryStore(), current: SessionTemplate | undefined = template) {
  const settings = { sessionCookie: 's', kbaseCookie: 'k', containerName: 'narrative-{}', templateName: 'narrative' };
  return { store: store.asStore(), memory: store, sessions: store.cache, templates: { get: () => current }, settings };
}
