import { type SessionTemplate, type Store, UseLog } from '@mooring/resources';
import type { FrontSettings } from '../../src/options.js';
import { template } from './front.js';
import { MemoryStore } from './memory-store.js';

export interface WishDeps {
  store: Store;
  memory: MemoryStore;
  sessions: MemoryStore['cache'];
  templates: { get: () => SessionTemplate | undefined };
  settings: FrontSettings;
  uses: UseLog;
  now: () => number;
}

/** What the clock says in these tests: ms since the epoch. */
export const NOW = Date.parse('2030-01-02T03:04:05.678Z');

/** What recording a wish needs, in memory; `current` is the template. */
export function deps(store = new MemoryStore(), current: SessionTemplate | undefined = template): WishDeps {
  const settings = { sessionCookie: 's', kbaseCookie: 'k', containerName: 'narrative-{}', templateName: 'narrative' };
  const shared = { store: store.asStore(), memory: store, sessions: store.cache, uses: new UseLog(), now: () => NOW };
  return { ...shared, templates: { get: () => current }, settings };
}
