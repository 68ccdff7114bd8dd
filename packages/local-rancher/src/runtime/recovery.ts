import type { Logger } from 'pino';
import { RuntimeError } from './errors.js';
import type { Ownership } from './ownership.js';
import { killUntilGone, signalAll, waitUntilGone } from './termination.js';

const GRACE_MS = 2_000;

/**
 * Ends what carries the installation's mark: to be called before anything is started.
 * @throws RuntimeError LeftoversRemain
 */
export async function endLeftovers(ownership: Ownership, logger: Logger): Promise<void> {
  const find = () => [...ownership.byContainer().values()].flat();
  const found = find();
  if (found.length === 0) return;
  logger.info({ pids: found }, 'ending processes that an earlier run left behind');
  const graceEnds = performance.now() + GRACE_MS;
  signalAll(found, 'SIGTERM');
  await waitUntilGone(find, () => graceEnds);
  const remains = await killUntilGone(find);
  if (remains.length > 0) {
    throw new RuntimeError(
      'LeftoversRemain',
      `Processes of an earlier run can't be ended: ${remains.join(', ')}. End them by hand (kill -9, as the user that started them), then start again.`,
    );
  }
}
