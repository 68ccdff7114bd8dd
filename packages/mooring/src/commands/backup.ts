import { UnusableError } from '@mooring/resources';
import { BackupError, backUp } from '../backup/back-up.js';
import { readConfig } from '../config/config.js';
import type { Terminal } from '../terminal.js';

/**
 * Copies the data folder to a place where it can be kept, while Mooring runs on it or not.
 *
 * @throws ConfigError, BackupError
 */
export async function backup({ environment, machine, out }: Terminal, into: string): Promise<void> {
  const { settings } = readConfig(environment, machine);
  try {
    const { path, sessions, resourceVersion } = await backUp(settings.MOORING_DATA, into);
    out(
      `${path}: ${sessions} session(s), up to resourceVersion ${resourceVersion}. To restore it, start Mooring with MOORING_DATA=${path}.\n`,
    );
  } catch (cause) {
    if (!(cause instanceof UnusableError)) throw cause;
    throw new BackupError(`${cause.message} Set MOORING_DATA to the data folder that is to be copied.`, { cause });
  }
}
