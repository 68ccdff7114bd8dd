import { ConfigError, readConfig, unusedBy } from '../config/config.js';
import { readSpawnerFlags } from '../config/spawner-flags.js';
import { openDataFolder } from '../data/data-folder.js';
import { createLogger, stdoutLog } from '../logging.js';
import { runUntilStopped } from '../process/run.js';
import { Shutdown, STAGES } from '../process/shutdown.js';
import { stopOnSignals } from '../process/signals.js';
import { bringUpServing } from '../serve/bring-up.js';
import type { Terminal } from '../terminal.js';

/** Less than the ten seconds that Docker gives; the time to drain comes on top. */
const STOP_MS = 7_500;

/**
 * Runs controller and front against a real Rancher until a signal ends it. Its log goes to stdout, a JSON object a line.
 *
 * @throws ConfigError, DataFolderError, or what else kept it from running.
 */
export async function serve(
  { environment: given, machine }: Terminal,
  { spawnerFlags = '' }: { spawnerFlags?: string } = {},
): Promise<void> {
  const flags = spawnerFlags === '' ? { environment: {}, unused: [] } : readSpawnerFlags(spawnerFlags, given);
  if ('problems' in flags) throw new ConfigError(flags.problems);
  const environment = { ...given, ...flags.environment };
  const config = readConfig(environment, machine, 'serve');
  const signal = stopOnSignals();
  const { log_level: level, log_name: name, MOORING_DRAIN_SECONDS: drainSeconds } = config.settings;
  const logger = createLogger(level, stdoutLog(), name);
  const unused = [...unusedBy('serve', config), ...flags.unused];
  if (unused.length > 0) logger.warn({ keys: unused }, 'set, but not used by serve');
  const data = await openDataFolder(config.settings.MOORING_DATA);
  const shutdown = new Shutdown(logger);
  shutdown.add(STAGES.folder, 'data folder', () => data.release());
  await runUntilStopped({ signal, shutdown, stopMs: STOP_MS + drainSeconds * 1000, onStopping: () => logger.info('stopping') }, () =>
    bringUpServing({ config, environment, data, logger, shutdown, signal }),
  );
}
