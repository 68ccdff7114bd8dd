import { access, chmod, constants, open, stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { Kysely } from 'kysely';
import Libsql from 'libsql';
import { UnusableError } from '../errors.js';
import { retryWhileBusy } from './busy.js';
import { LibsqlDialect } from './dialect.js';
import { assertMigrated, migrate } from './migrations.js';
import { PreparedStatements } from './statements.js';
import type { Tables } from './tables.js';

const IN_MEMORY = ':memory:';

/** It holds secrets, so it is for its owner only. SQLite gives -wal and -shm the same mode. */
const FILE_MODE = 0o600;

/**
 * How long a statement waits for another process' lock, in milliseconds. It blocks the thread, so it is short; {@link retryWhileBusy}
 * does the rest of the waiting.
 */
const BUSY_TIMEOUT_MS = 10;

/**
 * Opens the file, makes it where it is missing, and brings its tables up to date.
 *
 * @throws {UnusableError} where the file is something else, or of a newer version
 */
export async function openDatabase(path: string): Promise<Kysely<Tables>> {
  if (path !== IN_MEMORY) await protectFiles(path);
  try {
    return await openTables(path);
  } catch (error) {
    throw describeFailure(path, error);
  }
}

/**
 * Opens a file that is there, for reading: SQLite itself refuses every write.
 *
 * @throws {UnusableError} where there is none, or it is something else, or of another version
 */
export async function openReadOnly(path: string): Promise<Kysely<Tables>> {
  await access(path, constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
    throw new UnusableError(`There is no store ${path} that can be read (${cause.code}).`, { cause });
  });
  try {
    const database = new Libsql(`${pathToFileURL(path).href}?mode=ro`, { timeout: BUSY_TIMEOUT_MS });
    return await checked(new Kysely<Tables>({ dialect: new LibsqlDialect(new PreparedStatements(database)) }), assertMigrated);
  } catch (error) {
    throw describeFailure(path, error);
  }
}

async function protectFiles(path: string): Promise<void> {
  const file = await open(path, 'a', FILE_MODE);
  await file.close();
  for (const name of [path, `${path}-wal`, `${path}-shm`]) await protectFile(name);
}

async function protectFile(path: string): Promise<void> {
  const stats = await stat(path).catch(() => undefined);
  if (stats !== undefined && (stats.mode & 0o777) !== FILE_MODE) await chmod(path, FILE_MODE);
}

async function openTables(path: string): Promise<Kysely<Tables>> {
  const database = new Libsql(path, { timeout: BUSY_TIMEOUT_MS });
  return checked(new Kysely<Tables>({ dialect: new LibsqlDialect(new PreparedStatements(database)) }), async (db) => {
    configure(database);
    await migrate(db);
  });
}

/** The database once the check has passed; closed where it doesn't. */
async function checked(db: Kysely<Tables>, check: (db: Kysely<Tables>) => Promise<void>): Promise<Kysely<Tables>> {
  try {
    await retryWhileBusy(() => check(db));
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/**
 * synchronous=FULL: a commit that was answered is on the disk (but for what was only observed: group-commit.ts). wal_autocheckpoint: pages (of 4 kB) after which the log is copied into the
 * file, which costs a crowd of writers less the seldomer it is done. secure_delete: a secret that was removed is overwritten.
 */
const PRAGMAS = ['journal_mode = WAL', 'wal_autocheckpoint = 4000', 'synchronous = FULL', 'foreign_keys = ON', 'secure_delete = ON'];

function configure(database: Libsql.Database): void {
  for (const pragma of PRAGMAS) database.pragma(pragma);
}

function describeFailure(path: string, error: unknown): unknown {
  if (error instanceof UnusableError) return new UnusableError(`The store ${path} can't be used: ${error.message}.`);
  if (error instanceof Libsql.SqliteError && error.code === 'SQLITE_NOTADB') {
    return new UnusableError(`The store ${path} can't be used: the file is not a database. Move it away, or name another file.`, {
      cause: error,
    });
  }
  return error;
}
