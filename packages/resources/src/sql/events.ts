import { CompiledQuery, type Kysely, sql, type Transaction } from 'kysely';
import type { Event } from '../event.js';
import { ChangeWriter, readObject } from './objects.js';
import type { ObjectsTable, Tables } from './tables.js';

/** For how long an Event is kept, and how many: of one object, and of all. */
const KEPT = { days: 7, ofOne: 50, ofAll: 10_000 };
const DAY_MS = 24 * 60 * 60 * 1000;

/** Deletes Events that are too old or too many, the oldest first; answers how many. Where none is, nothing is written. */
export async function pruneEvents(tx: Transaction<Tables>, now: Date): Promise<number> {
  const { rows } = await sql<{ json: string }>`select json from (
      select json, resource_version, json_extract(json, '$.metadata.creationTimestamp') as created,
        row_number() over (order by resource_version desc) as of_all,
        row_number() over (partition by json_extract(json, '$.spec.regarding.uid') order by resource_version desc) as of_one
      from objects where kind = 'Event'
    ) where of_all > ${KEPT.ofAll} or of_one > ${KEPT.ofOne} or created < ${new Date(now.getTime() - KEPT.days * DAY_MS).toISOString()}
    order by resource_version`.execute(tx);
  const changes = new ChangeWriter(tx);
  for (const { json } of rows) await changes.write({ type: 'DELETED', object: readObject('Event', json) });
  await changes.finish();
  return rows.length;
}

// As the index over them has it, or SQLite would read every Event.
const SELECT_OF = `select json from objects where kind = 'Event' and json_extract(json, '$.spec.regarding.uid') = ? order by resource_version desc`;

/** The Events that are about an object, the newest first. */
export async function selectEventsOf(db: Kysely<Tables>, uid: string): Promise<Event[]> {
  const query = CompiledQuery.raw(SELECT_OF, [uid]) as CompiledQuery<Pick<ObjectsTable, 'json'>>;
  return (await db.executeQuery(query)).rows.map(({ json }) => readObject('Event', json));
}
