import { POOL_LABEL, type Session } from '@mooring/resources';
import type { Parts, PartsOptions } from './parts.js';
import type { RouteTable } from './routes/table.js';
import type { WorkQueue } from './runtime/work-queue.js';

/** Traefik has taken a fetched document over within 6 ms (measured), and its throttle holds up the next one only. */
const AFTER_FETCH_MS = 10;

export interface Queues {
  sessions: WorkQueue;
  templates: WorkQueue;
  pools: WorkQueue;
}

/** Whatever may have changed what is to be done for a key adds the key. Answers how to end that. */
export function wireTriggers({ sessions, templates, pools, clock }: PartsOptions, { table }: Parts, queues: Queues): () => void {
  const ends = [
    sessions.subscribe(({ type, object, before }) => {
      if (type === 'DELETED') forget(object, table, clock.now());
      queues.sessions.add(object.metadata.name);
      for (const pool of [...poolsOf(before), ...poolsOf(object)]) queues.pools.add(pool);
    }),
    templates.subscribe(({ object }) => {
      queues.templates.add(object.metadata.name);
      addAll(queues.pools, pools);
      addAll(queues.sessions, sessions);
    }),
    pools.subscribe(({ object }) => queues.pools.add(object.metadata.name)),
  ];
  table.onServed((uids) => {
    for (const uid of uids) {
      const session = sessions.byUid(uid);
      if (session) queues.sessions.addAfter(session.metadata.name, AFTER_FETCH_MS);
    }
  });
  return () => {
    for (const end of ends) end();
  };
}

function forget({ metadata }: Session, table: RouteTable, now: number): void {
  table.delete(metadata.uid);
  table.uncoverLater(metadata.uid, now);
}

/** The pool that a Session waits in; one that was claimed is in none, and what becomes of it is no news there. */
function poolsOf(session: Session | undefined): string[] {
  const pool = session?.metadata.labels[POOL_LABEL];
  return pool === undefined ? [] : [pool];
}

/** Has all be looked at, behind those of which there is news. */
export function addAll(queue: WorkQueue, cache: { list(): { metadata: { name: string } }[] }): void {
  for (const { metadata } of cache.list()) queue.addLater(metadata.name);
}
