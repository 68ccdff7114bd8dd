import type { Logger } from 'pino';
import type { Clock } from '../clock.js';
import type { Health } from '../keeper.js';
import type { Haproxy } from './haproxy.js';

export interface FollowOptions {
  haproxy: Pick<Haproxy, 'refresh'>;
  /** For how long what was written may wait, in ms. */
  everyMs: number;
  clock: Clock;
  logger: Logger;
  signal: AbortSignal;
  /** Told of each look: whether HAProxy has what the files have. */
  onLook: (health: Health) => void;
}

/** Has HAProxy take what another program writes into its files. Resolves when the signal aborts. */
export async function followFiles({ haproxy, everyMs, clock, logger, signal, onLook }: FollowOptions): Promise<void> {
  let told: string | undefined;
  while (!signal.aborted) {
    const problem = await haproxy.refresh().then(
      (change) => {
        if (change !== 'none') logger.info({ by: change }, 'HAProxy has what is in its files');
        return undefined;
      },
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (problem !== undefined && problem !== told) logger.error({ problem }, 'HAProxy does not take its files; what it has stays');
    told = problem;
    onLook(problem === undefined ? { ok: true } : { ok: false, message: problem });
    await clock.pause(everyMs, signal);
  }
}
