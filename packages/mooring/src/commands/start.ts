import { join } from 'node:path';
import { type Config, readConfig, unusedBy } from '../config/config.js';
import { openDataFolder } from '../data/data-folder.js';
import { rotateLog } from '../data/log-file.js';
import { bringUpLocally } from '../local/bring-up.js';
import { createLogger, logDestination } from '../logging.js';
import { portsFrom } from '../process/ports.js';
import { runUntilStopped } from '../process/run.js';
import { Shutdown, STAGES } from '../process/shutdown.js';
import { stopOnSignals } from '../process/signals.js';
import { createProgress, type Progress } from '../progress.js';
import type { Terminal } from '../terminal.js';

/** Of the ten seconds that a stop may take from the signal to the exit. */
const STOP_MS = 7_500;

function noteUnused(config: Config, progress: Progress): void {
  const unused = unusedBy('start', config);
  if (unused.length > 0) progress.note(`set, but not used by start: ${unused.join(', ')}`);
}

/**
 * Runs everything on this machine until a signal ends it. stdout gets the line that says it is ready, and nothing else.
 *
 * @throws ConfigError, DataFolderError, PortTakenError, TraefikMissingError, JupyterMissingError, or what else kept it from running.
 */
export async function start(terminal: Terminal): Promise<void> {
  const config = readConfig(terminal.environment, terminal.machine, 'start');
  const signal = stopOnSignals();
  const progress = createProgress(terminal.err);
  noteUnused(config, progress);
  const data = await openDataFolder(config.settings.MOORING_DATA);
  const logFile = join(data.logs, 'mooring.log');
  await rotateLog(logFile);
  const { log_level: level, log_name: name } = config.settings;
  const logger = createLogger(level, logDestination(logFile), name);
  const shutdown = new Shutdown(logger);
  shutdown.add(STAGES.folder, 'data folder', () => data.release());
  const ports = portsFrom(config.settings.MOORING_PORT_BASE);
  const onStopping = (): void => progress.note('stopping …');
  await runUntilStopped({ signal, shutdown, stopMs: STOP_MS, onStopping }, async () => {
    await bringUpLocally({ config, data, ports, environment: terminal.environment, progress, logger, shutdown, signal });
    progress.note(`logs are in ${data.logs}; Ctrl-C stops it`);
    terminal.out(`ready: http://127.0.0.1:${ports.entryPoint}/narrative/\n`);
  });
  progress.note('stopped');
}
