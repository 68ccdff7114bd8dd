import { RancherClient } from '@mooring/rancher-client';
import { openStore } from '@mooring/resources';
import { readConfig } from '../config/config.js';
import type { Settings } from '../config/keys.js';
import { openDataFolder } from '../data/data-folder.js';
import { formatImport } from '../import/report.js';
import { type ImportOptions, runImport } from '../import/run.js';
import { explainFailure } from '../serve/explain.js';
import { locatePlace } from '../serve/locate.js';
import type { Terminal } from '../terminal.js';

/** A call to a slow Rancher, of thousands of services, takes its time. */
const DEADLINE_MS = 60_000;

/** What kept an import from being done, or a part of it. */
class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly code = 'Import';
}

/** Runs with the place that the configuration names. @throws ImportError that names the keys to look at */
async function atRancher<T>(settings: Settings, run: (place: Pick<ImportOptions, 'rancher' | 'stackId'>) => Promise<T>): Promise<T> {
  const { rancher_url: url = '', rancher_user: accessKey, rancher_password: secretKey } = settings;
  const client = new RancherClient({ url, accessKey, secretKey, deadlineMs: DEADLINE_MS });
  try {
    const { projectId, stackId } = await locatePlace(client, settings);
    return await run({ rancher: client.project(projectId), stackId });
  } catch (cause) {
    throw new ImportError(`The services can't be read: ${explainFailure(cause, settings)}`, { cause });
  } finally {
    await client.close();
  }
}

/**
 * Takes over what narrative-traefiker left in the stack of the configuration, into the store of the data folder; with `dryRun` it only
 * tells what it would do.
 *
 * @throws ConfigError, DataFolderError where `serve` runs on the folder, ImportError
 */
export async function importSessions({ environment, machine, out }: Terminal, options: { dryRun: boolean; json: boolean }): Promise<void> {
  const config = readConfig(environment, machine, 'serve');
  const { settings } = config;
  const data = await openDataFolder(settings.MOORING_DATA);
  try {
    const store = await openStore({ path: data.database });
    try {
      const lines = await atRancher(settings, (place) => runImport({ config, store, dryRun: options.dryRun, ...place }));
      out(formatImport(lines, options));
      const failed = lines.filter(({ action }) => action === 'failed').length;
      if (failed > 0) throw new ImportError(`${failed} of ${lines.length} services could not be imported; run it again.`);
    } finally {
      await store.close();
    }
  } finally {
    await data.release();
  }
}
