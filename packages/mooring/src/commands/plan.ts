import { readWorld, survey } from '@mooring/controller';
import { readSnapshot, type Snapshot, UnusableError } from '@mooring/resources';
import { pino } from 'pino';
import { readConfig } from '../config/config.js';
import { dataPaths } from '../data/data-folder.js';
import { formatPlan, type Plan } from '../plan/format.js';
import { CannotPlanError, openPlace } from '../plan/open-place.js';
import { holderOf } from '../process/claim.js';
import type { Terminal } from '../terminal.js';

export interface PlanOptions {
  json: boolean;
  local: boolean;
}

/**
 * Tells what the loop would do now and why. Nothing is written anywhere, and nobody's container is asked.
 *
 * @throws ConfigError, CannotPlanError
 */
export async function plan({ environment, machine, out }: Terminal, { json, local }: PlanOptions): Promise<void> {
  const { path, database, lock } = dataPaths(readConfig(environment, machine).settings.MOORING_DATA);
  const holder = await holderOf(lock);
  const opened = await openPlace({ environment, machine, folder: path, holder, local });
  try {
    const { place, url, entryPoint } = opened;
    const world = await opened.ask((rancher) => readWorld({ rancher, stackId: place.stackId }, pino({ level: 'silent' })));
    // After Rancher: a session that is created in between isn't taken for a stray.
    const snapshot = await readStore(database);
    const store = { path: database, resourceVersion: snapshot.resourceVersion, ...(holder !== undefined && { usedBy: holder }) };
    const plan: Plan = { at: new Date().toISOString(), rancher: { url, ...place }, store, ...survey(snapshot, world, entryPoint) };
    out(json ? `${JSON.stringify(plan, null, 2)}\n` : formatPlan(plan));
  } finally {
    await opened.close();
  }
}

async function readStore(database: string): Promise<Snapshot> {
  try {
    return await readSnapshot(database);
  } catch (error) {
    if (!(error instanceof UnusableError)) throw error;
    throw new CannotPlanError(`${error.message} Run mooring serve or start on that data folder first, or set MOORING_DATA to theirs.`, {
      cause: error,
    });
  }
}
