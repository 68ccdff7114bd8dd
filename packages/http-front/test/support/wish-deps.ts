import type { SessionTemplate, Store } from '@mooring/resources';
import type { FrontSettings } from '../../src/options.js';
import { template } from './front.js';
import { MemoryStore } from './memory-store.js';

export interface WishDeps {
  store: Store;
  memory: MemoryStore;
  sessions: MemoryStore['cache'];
  templates: { get: () => SessionTemplate | undefined };
  settings: FrontSettings;
}

/** What recording a wish needs, in memory; `current` is the template. */
export function deps(store = new MemoryStore(), current: SessionTemplate | undefined = template): WishDeps {
  const settings = { sessionCookie: 's', kbaseCookie: 'k', containerName: 'narrative-{}', templateName: 'narrative' };
  return { store: store.asStore(), memory: store, sessions: store.cache, templates: { get: () => current }, settings };
}
