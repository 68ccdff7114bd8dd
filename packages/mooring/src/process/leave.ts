import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadinessBoard } from '../readiness.js';
import { type Shutdown, STAGES } from './shutdown.js';
import { StopRequested } from './signals.js';

export interface Leaving {
  board: Pick<ReadinessBoard, 'fail'>;
  /** Aborted when it is to end. */
  signal: AbortSignal;
  /** Milliseconds between /readyz saying so and the end of anything; none where the end was not asked for. */
  drainMs: number;
}

/** More than timers are late by. */
const MARGIN_MS = 1_000;

/** Has /readyz tell first that this one goes, so that a load balancer sends nobody here any more; what comes meanwhile is served as ever. */
export function leaveFirst(shutdown: Shutdown, { board, signal, drainMs }: Leaving): void {
  const leave = async (): Promise<void> => {
    board.fail('stopping', 'it is being stopped');
    if (signal.reason instanceof StopRequested) await sleep(drainMs);
  };
  shutdown.add(STAGES.leaving, 'readiness', leave, { withinMs: drainMs + MARGIN_MS });
}
