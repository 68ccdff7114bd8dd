import { getCondition, type Happening, recordEvent, type Session, type Store } from '@mooring/resources';
import type { Logger } from 'pino';
import { UNMARK_REASONS } from './idleness.js';
import type { ActivityMemory } from './memory.js';
import type { ActivityMetrics } from './metrics.js';
import { saidBy } from './words.js';

interface Known {
  memory: ActivityMemory | undefined;
  log: Logger;
}

type Ending = { type: 'end'; action: 'Delete' | 'Stop'; reason: 'Idle' | 'Ended' } | { type: 'giveUp'; because: string };

const CONTROLLER = 'idle';

const ENDS = {
  Idle: { Stop: 'Nobody used it: it is stopped.', Delete: 'Nobody used it: it is deleted.' },
  Ended: { Stop: 'Its container has ended by itself: it counts as stopped.', Delete: 'Its container has ended by itself: it is deleted.' },
};

/** Writes down, in Events and metrics, what the idle detector has led to and why. An Event that can't be written holds nothing up. */
export class Journal {
  constructor(
    private readonly store: Store,
    private readonly metrics: ActivityMetrics,
  ) {}

  /** To be told of each status that was written, and the one before it. */
  async transition(before: Session, after: Session, { memory, log }: Known): Promise<void> {
    const [was, is] = [before, after].map(({ status }) => getCondition(status.conditions, 'Marked'));
    if (!is || was?.status === is.status) return;
    const readings = saidBy(memory);
    if (is.status === 'True') {
      this.metrics.marked.inc();
      await this.#write(after, { reason: 'Marked', note: is.message, readings }, log);
      return;
    }
    const reason = UNMARK_REASONS.find((known) => known === is.reason);
    if (!reason) return;
    this.metrics.unmarked.inc({ reason });
    await this.#write(after, { reason: 'Unmarked', note: is.message, readings }, log);
  }

  /** To be told of each session that was ended. */
  async ended(session: Session, step: Ending, { memory, log }: Known) {
    if (step.type === 'giveUp') {
      log.info({ because: step.because }, 'a session did not come up and is stopped');
      return this.#write(session, { reason: 'Stopped', note: `${step.because} It is stopped.`, readings: {} }, log);
    }
    const { action, reason } = step;
    this.metrics.reaped.inc({ action });
    log.info({ action, reason }, 'a session was ended');
    const readings = reason === 'Idle' ? saidBy(memory) : {};
    await this.#write(session, { reason: action === 'Stop' ? 'Stopped' : 'Deleted', note: ENDS[reason][action], readings }, log);
  }

  async #write(session: Session, happening: Omit<Happening, 'reportingController'>, log: Logger): Promise<void> {
    try {
      await recordEvent(this.store, session, { ...happening, reportingController: CONTROLLER });
    } catch (error) {
      log.warn({ err: error, reason: happening.reason }, 'an Event could not be written');
    }
  }
}
