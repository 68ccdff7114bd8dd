import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { UnusableError } from '../errors.js';
import type { Tables } from './tables.js';

/** By name, in the order in which they run. What was released is never changed; a new step is a new name. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-objects': { up: createTables },
  '0002-deletions': { up: createDeletions },
  '0003-activity': { up: createActivity },
  '0004-searched': { up: addSearched },
  '0005-events-by-object': { up: indexEvents },
};

/**
 * Brings the tables up to date.
 *
 * @throws {UnusableError} where a newer version wrote them
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  await refuseNewer(db);
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } }).migrateToLatest();
  if (error !== undefined) throw error;
}

/**
 * Sees to it, writing nothing, that the tables are those of this version.
 *
 * @throws {UnusableError} where they aren't
 */
export async function assertMigrated(db: Kysely<Tables>): Promise<void> {
  await refuseNewer(db);
  const done = await migrationsOf(db);
  if (Object.keys(MIGRATIONS).some((name) => !done.includes(name)))
    throw new UnusableError('an older version wrote it, or it is being made: start this version on it once');
}

async function refuseNewer(db: Kysely<Tables>): Promise<void> {
  const unknown = (await migrationsOf(db)).find((name) => !(name in MIGRATIONS));
  if (unknown === undefined) return;
  const newest = Object.keys(MIGRATIONS).at(-1);
  throw new UnusableError(
    `a newer version wrote it (its schema has ${unknown}, this version knows up to ${newest}): start that version, or restore a copy made before it`,
  );
}

/** The names of the steps that have run. */
async function migrationsOf(db: Kysely<Tables>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

async function createTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('objects')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('uid', 'text', (column) => column.notNull().unique())
    .addColumn('generation', 'integer', (column) => column.notNull())
    .addColumn('resource_version', 'integer', (column) => column.notNull())
    .addColumn('json', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('objects_key', ['kind', 'name'])
    .execute();
  await db.schema
    .createTable('changes')
    .addColumn('resource_version', 'integer', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('json', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('changes_by_kind').on('changes').columns(['kind', 'resource_version']).execute();
  await db.schema
    .createTable('secrets')
    .addColumn('uid', 'text', (column) => column.primaryKey().references('objects.uid').onDelete('cascade'))
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
  await createMeta(db as Kysely<Tables>);
}

async function createMeta(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('meta')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('value', 'integer', (column) => column.notNull())
    .execute();
  await db
    .insertInto('meta')
    .values([
      { key: 'resource_version', value: 0 },
      { key: 'compacted', value: 0 },
    ])
    .execute();
}

async function createDeletions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('deletions')
    .addColumn('resource_version', 'integer', (column) => column.primaryKey())
    .addColumn('uid', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('deletions_by_uid').on('deletions').column('uid').execute();
}

async function createActivity(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createTable('activity')
    .addColumn('uid', 'text', (column) => column.primaryKey().references('objects.uid').onDelete('cascade'))
    .addColumn('json', 'text', (column) => column.notNull())
    .execute();
  await db.insertInto('meta').values({ key: 'activity_observed', value: 0 }).execute();
}

async function addSearched(db: Kysely<unknown>): Promise<void> {
  await (db as Kysely<Tables>).insertInto('meta').values({ key: 'searched', value: 0 }).execute();
}

async function indexEvents(db: Kysely<unknown>): Promise<void> {
  await sql`create index events_by_object on objects (json_extract(json, '$.spec.regarding.uid')) where kind = 'Event'`.execute(db);
}
