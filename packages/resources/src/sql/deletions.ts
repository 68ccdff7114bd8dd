import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.js';

/** What comes late at Rancher comes within hours; a big site deletes some hundreds a day. */
const KEPT = 10_000;

export async function recordDeletion(tx: Transaction<Tables>, uid: string, resourceVersion: number): Promise<void> {
  await tx.insertInto('deletions').values({ uid, resource_version: resourceVersion }).execute();
}

export async function isDeletionKnown(db: Kysely<Tables>, uid: string): Promise<boolean> {
  const row = await db.selectFrom('deletions').select('uid').where('uid', '=', uid).executeTakeFirst();
  return row !== undefined;
}

export async function deletedUids(tx: Transaction<Tables>): Promise<string[]> {
  return (await tx.selectFrom('deletions').select('uid').execute()).map(({ uid }) => uid);
}

/** Forgets all but the newest; nothing is written where there is nothing to forget. */
export async function compactDeletions(tx: Transaction<Tables>): Promise<void> {
  const oldest = await tx
    .selectFrom('deletions')
    .select('resource_version')
    .orderBy('resource_version', 'desc')
    .offset(KEPT)
    .limit(1)
    .executeTakeFirst();
  if (oldest) await tx.deleteFrom('deletions').where('resource_version', '<=', oldest.resource_version).execute();
}
