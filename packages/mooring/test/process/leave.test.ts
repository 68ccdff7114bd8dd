import { describe, expect, it } from '@jest/globals';
import { leaveFirst } from '../../src/process/leave.js';
import { Shutdown, STAGES } from '../../src/process/shutdown.js';
import { StopRequested } from '../../src/process/signals.js';
import { ReadinessBoard } from '../../src/readiness.js';
import { recordingLogger } from '../support/logger.js';

/** What `/readyz` says as each stage begins, and how long the first took, in ms. */
async function stop(reason: unknown, drainMs: number) {
  const board = new ReadinessBoard({});
  const shutdown = new Shutdown(recordingLogger().logger, 20);
  const controller = new AbortController();
  leaveFirst(shutdown, { board, signal: controller.signal, drainMs });
  const told: unknown[] = [];
  for (const stage of ['deciding', 'serving'] as const) shutdown.add(STAGES[stage], stage, () => void told.push([stage, board.read().ok]));
  const before = board.read().ok;
  const startedAt = performance.now();
  controller.abort(reason);
  await shutdown.close();
  return { before, told, tookMs: performance.now() - startedAt };
}

describe('leaving', () => {
  it('fails readiness before anything is stopped, for as long as it is told, though that is longer than a part may take', async () => {
    const { before, told, tookMs } = await stop(new StopRequested('SIGTERM'), 60);
    expect(before).toBe(true);
    expect(told).toEqual([
      ['deciding', false],
      ['serving', false],
    ]);
    // Timers may be a millisecond early.
    expect(tookMs).toBeGreaterThanOrEqual(58);
  });

  it('does not wait where something went wrong', async () => {
    const { told, tookMs } = await stop(new TypeError('a bug'), 60_000);
    expect([told.length, tookMs < 60_000]).toEqual([2, true]);
  });
});
