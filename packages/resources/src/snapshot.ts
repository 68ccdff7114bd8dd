import type { Transaction } from 'kysely';
import type { Kind, KindMap } from './kinds.js';
import { readActivity } from './sql/activity.js';
import { retryWhileBusy } from './sql/busy.js';
import { readMeta } from './sql/change-log.js';
import { openReadOnly } from './sql/database.js';
import { deletedUids } from './sql/deletions.js';
import { readObject, selectObjects } from './sql/objects.js';
import type { Tables } from './sql/tables.js';
import type { StoredActivity } from './store.js';

/** Every object as it was at one moment. */
export interface Snapshot {
  resourceVersion: string;
  objects: { [K in Kind]: KindMap[K][] };
  /** The uids of objects that were deleted, as far back as the store remembers. */
  deleted: ReadonlySet<string>;
  activity: StoredActivity;
}

/**
 * Reads a store without writing to it or holding up whoever does; secrets aren't read.
 *
 * @throws {UnusableError} where there is no store, or none of this version
 */
export async function readSnapshot(path: string): Promise<Snapshot> {
  const db = await openReadOnly(path);
  try {
    return await retryWhileBusy(() => db.transaction().setAccessMode('read only').execute(readAll));
  } finally {
    await db.destroy();
  }
}

async function readAll(tx: Transaction<Tables>): Promise<Snapshot> {
  const read = async <K extends Kind>(kind: K): Promise<KindMap[K][]> =>
    (await selectObjects(tx, kind)).map(({ json }) => readObject(kind, json));
  return {
    resourceVersion: String(await readMeta(tx, 'resource_version')),
    objects: {
      Session: await read('Session'),
      SessionTemplate: await read('SessionTemplate'),
      WarmPool: await read('WarmPool'),
      Rollout: await read('Rollout'),
      Event: await read('Event'),
    },
    deleted: new Set(await deletedUids(tx)),
    activity: await readActivity(tx),
  };
}
