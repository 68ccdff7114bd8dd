import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type ObjectCache, openCache, openStore, type Store } from '@mooring/resources';
import { PoolReconciler } from '../../src/pools/reconciler.js';

let store: Store;
let sessions: ObjectCache<'Session'>;
let templates: ObjectCache<'SessionTemplate'>;
let pools: ObjectCache<'WarmPool'>;
let reconciler: PoolReconciler;

beforeEach(async () => {
  store = await openStore({ path: ':memory:' });
  sessions = openCache(store, 'Session');
  templates = openCache(store, 'SessionTemplate');
  pools = openCache(store, 'WarmPool');
  await Promise.all([sessions.ready(), templates.ready(), pools.ready()]);
  // It shows what was written only to who waits for it.
  let waited = false;
  const late = {
    labelled: (label: string) => (waited ? sessions.labelled(label) : []),
    waitFor: (...asked: Parameters<typeof sessions.waitFor>) => {
      waited = true;
      return sessions.waitFor(...asked);
    },
  } as ObjectCache<'Session'>;
  const clock = { now: () => Date.now(), after: () => ({ cancel: () => undefined }) };
  reconciler = new PoolReconciler({ store, pools, sessions: late, templates, clock });
  const spec = { image: { name: 'mooring/demo', tag: '1' }, launch: { port: 8888 }, route: { type: 'cookie' } };
  await store.create('SessionTemplate', { metadata: { name: 'narrative' }, spec } as Parameters<typeof store.create<'SessionTemplate'>>[1]);
  await store.create('WarmPool', {
    metadata: { name: 'warm' },
    spec: { templateRef: { name: 'narrative' }, replicas: 3, sessionName: 'pre-{}' },
  });
  await templates.waitFor('narrative', () => true, { timeoutMs: 5000 });
  await pools.waitFor('warm', () => true, { timeoutMs: 5000 });
});
afterEach(async () => {
  await Promise.all([sessions.close(), templates.close(), pools.close()]);
  await store.close();
});

it('counts what it has just made at the next look, however soon that is', async () => {
  for (let looks = 0; looks < 5; looks++) await reconciler.reconcile('warm');
  const { items } = await store.list('Session');
  expect(items).toHaveLength(3);
});
