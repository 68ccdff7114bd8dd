import { CompiledQuery, type Kysely, type Transaction } from 'kysely';
import { ExpiredError, UnusableError } from '../errors.js';
import type { Kind } from '../kinds.js';
import type { ChangesTable, MetaTable, Tables } from './tables.js';

/** A few of the changes after a position, and the position after them. */
export interface ChangePage {
  changes: Pick<ChangesTable, 'resource_version' | 'type' | 'json'>[];
  position: number;
  /** Whether there were no more changes when it was read. */
  last: boolean;
}

// Every write takes these; as text, for Kysely takes longer to put a query together than SQLite to run it.
const NEWEST = "select value from meta where key = 'resource_version'";
const TAKE = "update meta set value = ? where key = 'resource_version'";
const APPEND = 'insert into changes (resource_version, kind, type, json) values (?, ?, ?, ?)';

/**
 * The resourceVersions of one transaction's changes, counted in memory. Others wait until the transaction ends, so versions are committed in
 * their order; whoever takes some must record that before it commits.
 */
export class ResourceVersions {
  #newest: number | undefined;

  constructor(private readonly tx: Transaction<Tables>) {}

  async next(): Promise<number> {
    this.#newest = (this.#newest ?? (await this.#recorded())) + 1;
    return this.#newest;
  }

  /** Nothing is written where none was taken. */
  async record(): Promise<void> {
    if (this.#newest !== undefined) await this.tx.executeQuery(CompiledQuery.raw(TAKE, [this.#newest]));
  }

  async #recorded(): Promise<number> {
    const { rows } = await this.tx.executeQuery(CompiledQuery.raw(NEWEST) as CompiledQuery<Pick<MetaTable, 'value'>>);
    const [row] = rows;
    if (!row) throw new UnusableError('The store has no resourceVersion: it is damaged.');
    return row.value;
  }
}

export async function readMeta(tx: Kysely<Tables>, key: MetaTable['key']): Promise<number> {
  const { value } = await tx.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirstOrThrow();
  return value;
}

export async function appendChange(tx: Transaction<Tables>, { resource_version, kind, type, json }: ChangesTable): Promise<void> {
  await tx.executeQuery(CompiledQuery.raw(APPEND, [resource_version, kind, type, json]));
}

/** @throws {ExpiredError} where the log doesn't reach back to `after`, or never came so far (it is another store's version) */
export async function readChanges(tx: Transaction<Tables>, kind: Kind, after: number, limit: number): Promise<ChangePage> {
  const newest = await readMeta(tx, 'resource_version');
  await assertReaches(tx, after, newest);
  const changes = await tx
    .selectFrom('changes')
    .select(['resource_version', 'type', 'json'])
    .where('kind', '=', kind)
    .where('resource_version', '>', after)
    .orderBy('resource_version')
    .limit(limit)
    .execute();
  const last = changes.length < limit;
  return { changes, last, position: last ? newest : (changes.at(-1)?.resource_version ?? newest) };
}

async function assertReaches(tx: Transaction<Tables>, after: number, newest: number): Promise<void> {
  const compacted = await readMeta(tx, 'compacted');
  if (after < compacted)
    throw new ExpiredError(
      `The change log begins after resourceVersion ${compacted}, so it can't tell what came after ${after}: list again.`,
    );
  if (after > newest) throw new ExpiredError(`The newest resourceVersion is ${newest}, so ${after} is not of this store: list again.`);
}

/** Forgets all but the newest `keep` changes; answers how many it forgot. Every resourceVersion has one change. */
export async function compactChanges(tx: Transaction<Tables>, keep: number): Promise<number> {
  const upTo = (await readMeta(tx, 'resource_version')) - keep;
  if (upTo <= (await readMeta(tx, 'compacted'))) return 0;
  const { numDeletedRows } = await tx.deleteFrom('changes').where('resource_version', '<=', upTo).executeTakeFirst();
  await tx.updateTable('meta').set({ value: upTo }).where('key', '=', 'compacted').execute();
  return Number(numDeletedRows);
}
