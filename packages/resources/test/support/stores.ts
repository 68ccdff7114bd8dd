import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { type OpenStoreOptions, openStore, type Store } from '../../src/index.js';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A file's path in a folder of its own, which goes after the test. */
export async function temporaryPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-store-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  return join(folder, 'mooring.db');
}

/** A store that is closed after the test; in memory where no path is given. */
export async function openTestStore(options: Partial<OpenStoreOptions> = {}): Promise<Store> {
  const store = await openStore({ path: ':memory:', ...options });
  cleanups.push(() => store.close());
  return store;
}
