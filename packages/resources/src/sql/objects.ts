import type { Transaction } from 'kysely';
import { InvalidError, UnusableError } from '../errors.js';
import type { Kind, KindMap } from '../kinds.js';
import type { Change } from '../transitions.js';
import { parseJson } from '../validation.js';
import { appendChange, nextResourceVersion } from './change-log.js';
import { recordDeletion } from './deletions.js';
import type { ObjectsTable, Tables } from './tables.js';

/**
 * An object as an earlier version may have written it: defaults are filled in.
 *
 * @throws {UnusableError} where it doesn't fit the schema; to leave it out would look like a deletion
 */
export function readObject<K extends Kind>(kind: K, json: string): KindMap[K] {
  try {
    return parseJson(kind, json);
  } catch (error) {
    if (!(error instanceof InvalidError || error instanceof SyntaxError)) throw error;
    throw new UnusableError(`An object in the store can't be read: ${error.message} It is damaged, or a newer version wrote it.`, {
      cause: error,
    });
  }
}

export async function selectObject<K extends Kind>(tx: Transaction<Tables>, kind: K, name: string): Promise<KindMap[K] | undefined> {
  const row = await tx.selectFrom('objects').select('json').where('kind', '=', kind).where('name', '=', name).executeTakeFirst();
  return row && readObject(kind, row.json);
}

/** All of a kind, by name, as they are stored. */
export async function selectObjects(tx: Transaction<Tables>, kind: Kind): Promise<Pick<ObjectsTable, 'json'>[]> {
  return tx.selectFrom('objects').select('json').where('kind', '=', kind).orderBy('name').execute();
}

/** Writes a change to the object and to the log; answers the object with its new resourceVersion. */
export async function writeChange(tx: Transaction<Tables>, change: Change): Promise<Change['object']> {
  const object = structuredClone(change.object);
  object.metadata.resourceVersion = String(await nextResourceVersion(tx));
  const json = JSON.stringify(object);
  await writeRow(tx, { type: change.type, object }, json);
  await appendChange(tx, { type: change.type, object }, json);
  return object;
}

async function writeRow(tx: Transaction<Tables>, { type, object }: Change, json: string): Promise<void> {
  const { kind, metadata } = object;
  const row = {
    name: metadata.name,
    uid: metadata.uid,
    generation: metadata.generation,
    resource_version: Number(metadata.resourceVersion),
    json,
  };
  if (type === 'ADDED') {
    await tx
      .insertInto('objects')
      .values({ kind, ...row })
      .execute();
  } else if (type === 'MODIFIED') {
    await tx.updateTable('objects').set(row).where('uid', '=', metadata.uid).execute();
  } else {
    await tx.deleteFrom('objects').where('uid', '=', metadata.uid).execute();
    // Events come and go by the thousand: they would push out what is to be remembered.
    if (kind !== 'Event') await recordDeletion(tx, metadata.uid, row.resource_version);
  }
}
