import { CompiledQuery, type Kysely, type Transaction } from 'kysely';
import { deepFreeze } from '../deep-freeze.js';
import { InvalidError, UnusableError } from '../errors.js';
import type { Kind, KindMap } from '../kinds.js';
import type { Change, StoredObject } from '../transitions.js';
import { parseJson } from '../validation.js';
import { appendChange, ResourceVersions } from './change-log.js';
import { recordDeletion } from './deletions.js';
import type { ObjectsTable, Tables } from './tables.js';

// Every write takes these; as text, for Kysely takes longer to put a query together than SQLite to run it.
const SELECT_VERSION = 'select resource_version from objects where kind = ? and name = ?';
const SELECT = 'select json from objects where kind = ? and name = ?';
const INSERT = 'insert into objects (kind, name, uid, generation, resource_version, json) values (?, ?, ?, ?, ?, ?)';
const UPDATE = 'update objects set name = ?, generation = ?, resource_version = ?, json = ? where uid = ?';

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

/**
 * `known`: the object as a change with that resourceVersion left it, where it is known; neither is its text fetched then, nor parsed again. What
 * is answered comes from one of the two looks alone, so it is of one moment.
 */
export async function selectObject<K extends Kind>(
  db: Kysely<Tables>,
  kind: K,
  name: string,
  known: (resourceVersion: number) => StoredObject | undefined,
): Promise<KindMap[K] | undefined> {
  const version = CompiledQuery.raw(SELECT_VERSION, [kind, name]) as CompiledQuery<Pick<ObjectsTable, 'resource_version'>>;
  const [found] = (await db.executeQuery(version)).rows;
  const object = found && (known(found.resource_version) as KindMap[K] | undefined);
  if (!found || object) return object;
  const text = CompiledQuery.raw(SELECT, [kind, name]) as CompiledQuery<Pick<ObjectsTable, 'json'>>;
  const [row] = (await db.executeQuery(text)).rows;
  return row && readObject(kind, row.json);
}

/** All of a kind, by name, as they are stored. */
export async function selectObjects(tx: Transaction<Tables>, kind: Kind): Promise<Pick<ObjectsTable, 'json'>[]> {
  return tx.selectFrom('objects').select('json').where('kind', '=', kind).orderBy('name').execute();
}

/** Writes the changes of one transaction. It must be finished before the transaction commits. */
export class ChangeWriter {
  readonly #versions: ResourceVersions;

  constructor(private readonly tx: Transaction<Tables>) {
    this.#versions = new ResourceVersions(tx);
  }

  /** Writes a change to the object and to the log; answers it with its new resourceVersion, frozen. */
  async write({ type, object: given }: Change): Promise<Change> {
    const resourceVersion = await this.#versions.next();
    const object = deepFreeze({ ...given, metadata: { ...given.metadata, resourceVersion: String(resourceVersion) } } as StoredObject);
    const json = JSON.stringify(object);
    await writeRow(this.tx, { type, object }, { resourceVersion, json });
    await appendChange(this.tx, { resource_version: resourceVersion, kind: object.kind, type, json });
    return { type, object };
  }

  finish(): Promise<void> {
    return this.#versions.record();
  }
}

async function writeRow(tx: Transaction<Tables>, { type, object }: Change, row: { resourceVersion: number; json: string }): Promise<void> {
  const { kind, metadata } = object;
  const { name, uid, generation } = metadata;
  if (type === 'ADDED') {
    await tx.executeQuery(CompiledQuery.raw(INSERT, [kind, name, uid, generation, row.resourceVersion, row.json]));
  } else if (type === 'MODIFIED') {
    await tx.executeQuery(CompiledQuery.raw(UPDATE, [name, generation, row.resourceVersion, row.json, uid]));
  } else {
    await tx.deleteFrom('objects').where('uid', '=', uid).execute();
    // Events come and go by the thousand: they would push out what is to be remembered.
    if (kind !== 'Event') await recordDeletion(tx, uid, row.resourceVersion);
  }
}
