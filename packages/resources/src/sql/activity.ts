import { sql, type Transaction } from 'kysely';
import type { StoredActivity } from '../store.js';
import { readMeta } from './change-log.js';
import type { Tables } from './tables.js';

export async function readActivity(tx: Transaction<Tables>): Promise<StoredActivity> {
  const rows = await tx.selectFrom('activity').select(['uid', 'json']).execute();
  return { observedAt: await readMeta(tx, 'activity_observed'), memories: new Map(rows.map(({ uid, json }) => [uid, json])) };
}

/** One statement, however many there are. An object may have gone since it was looked at: then nothing of it is kept. */
export async function writeActivity(tx: Transaction<Tables>, { observedAt, memories }: StoredActivity): Promise<void> {
  await tx.updateTable('meta').set({ value: observedAt }).where('key', '=', 'activity_observed').execute();
  if (memories.size === 0) return;
  await sql`insert into activity (uid, json)
    select objects.uid, json_extract(row.value, '$[1]')
    from json_each(${JSON.stringify([...memories])}) as row join objects on objects.uid = json_extract(row.value, '$[0]')
    where true
    on conflict (uid) do update set json = excluded.json`.execute(tx);
}
