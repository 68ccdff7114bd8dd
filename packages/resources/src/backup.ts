import { open } from 'node:fs/promises';
import { sql } from 'kysely';
import { UnusableError } from './errors.js';
import { retryWhileBusy } from './sql/busy.js';
import { readMeta } from './sql/change-log.js';
import { openReadOnly } from './sql/database.js';

/** Of its owner only, as the store itself: it holds secrets. */
const FILE_MODE = 0o600;

export interface Backup {
  /** The resourceVersion up to which the copy goes. */
  resourceVersion: string;
  sessions: number;
}

/**
 * Copies a store as it is at one moment into a file that isn't there yet, whoever writes to it meanwhile. The copy is whole, checked, and on
 * the disk when this resolves; a copy that failed is not to be used.
 *
 * @throws {UnusableError} where there is no store, none of this version, or the copy is not sound
 */
export async function backupStore(path: string, target: string): Promise<Backup> {
  const db = await openReadOnly(path);
  try {
    // Made here for its mode: SQLite takes an empty file for none.
    await (await open(target, 'wx', FILE_MODE)).close();
    await retryWhileBusy(() => sql`vacuum into ${target}`.execute(db));
  } finally {
    await db.destroy();
  }
  const file = await open(target, 'r');
  await file.sync().finally(() => file.close());
  return readBack(target);
}

async function readBack(target: string): Promise<Backup> {
  const db = await openReadOnly(target);
  try {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db);
    const [found] = rows;
    if (rows.length !== 1 || found?.integrity_check !== 'ok')
      throw new UnusableError(`The copy ${target} is not sound (${found?.integrity_check}): check the disk, and the store with it.`);
    const { sessions } = await db
      .selectFrom('objects')
      .select(({ fn }) => fn.countAll<number>().as('sessions'))
      .where('kind', '=', 'Session')
      .executeTakeFirstOrThrow();
    return { resourceVersion: String(await readMeta(db, 'resource_version')), sessions };
  } finally {
    await db.destroy();
  }
}
