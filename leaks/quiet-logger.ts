import { createLogger } from '../packages/mooring/src/logging.js';
import { noteLog } from './watch.js';

/** For tests that don't look at the log: it says nothing, but all that it would say, down to debug, is searched for secrets. */
export const quietLogger = (): ReturnType<typeof createLogger> =>
  createLogger('debug', { write: (line: string) => noteLog(line, "a test's logger") });
