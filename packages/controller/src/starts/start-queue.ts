import { hasDoneItsWork, type Session, turnOf } from '@mooring/resources';
import type { Clock } from '../runtime/clock.js';
import { HOLDS_MS, holdsPlace, mayStart, type Start } from './may-start.js';
import type { StartMetrics } from './metrics.js';

export interface StartQueueOptions {
  /** Sessions that start at once; as many as come where it is missing. */
  max: number | undefined;
  clock: Clock;
  metrics: StartMetrics;
  /** Called when it is a Session's turn, by its uid. */
  wake: (uid: string) => void;
}

/** The Session has been looked at, and is not to be started by us now. */
const isOver = ({ metadata, spec, status }: Session): boolean =>
  !spec.running ||
  metadata.deletionTimestamp !== undefined ||
  status.phase === 'Ready' ||
  status.phase === 'Failed' ||
  hasDoneItsWork({ spec, status });

/**
 * Who is to start and does not run yet. In memory, and rebuilt by the first look at each Session after a start of ours: who stands where
 * follows from the records.
 */
export class StartQueue {
  readonly #starts = new Map<string, Start>();
  /** When Rancher last took a start, in ms since the epoch. */
  #lastWent = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: StartQueueOptions) {
    options.metrics.follow(this);
  }

  get queued(): number {
    return this.#count(({ state }) => state === 'waiting');
  }

  get running(): number {
    return this.#count(({ state }) => state === 'underWay');
  }

  /** What was under way when we were started, as far as the record tells, goes on, and takes its place. */
  resume(session: Session): void {
    const { phase, service } = session.status;
    if (isOver(session) || phase !== 'Starting' || service === undefined || service.state === 'inactive') return;
    this.#starts.set(session.metadata.uid, { ...turnOf(session), state: 'underWay', since: this.options.clock.now() });
  }

  /** Whether it may start now; if not, it stands in line, and is called when it may. */
  admits(session: Session): boolean {
    const { uid } = session.metadata;
    const { max, clock, metrics } = this.options;
    const now = clock.now();
    const start = this.#line(session, now);
    if (start.state === 'underWay') return true;
    if (max !== undefined && !mayStart(this.#starts.values(), max, now).includes(start)) return false;
    metrics.waited(Math.max(0, now - start.since));
    this.#starts.set(uid, { ...start, state: 'underWay', since: now });
    return true;
  }

  /** It was looked at, and nothing has to be started for it now. */
  follow(session: Session): void {
    const { uid } = session.metadata;
    if (isOver(session)) this.forget(uid);
    const start = this.#starts.get(uid);
    // What failed for us may have gone well at Rancher.
    if (start && start.state !== 'underWay' && session.status.phase === 'Starting') {
      this.#starts.set(uid, { ...start, state: 'underWay', since: this.options.clock.now() });
    }
  }

  /** It went wrong, and is tried again after a while. */
  failed(uid: string): void {
    const start = this.#starts.get(uid);
    if (!start) return;
    const now = this.options.clock.now();
    this.#starts.set(uid, { ...start, state: 'failed', since: now, failedAt: now });
    this.#callNext();
  }

  /** Rancher has taken a start: those who wait, and were told that it could not be asked, are looked at again. */
  went(): void {
    const before = this.#lastWent;
    this.#lastWent = this.options.clock.now();
    for (const { uid, state, failedAt } of this.#starts.values()) {
      if (state === 'waiting' && failedAt !== undefined && failedAt >= before) this.options.wake(uid);
    }
  }

  /** Whether Rancher has taken somebody's start since this one's last try failed: then it is not down any more. */
  hasRecovered(uid: string): boolean {
    return this.#lastWent > (this.#starts.get(uid)?.failedAt ?? Number.POSITIVE_INFINITY);
  }

  forget(uid: string): void {
    if (this.#starts.delete(uid)) this.#callNext();
  }

  /** In how many ms a place comes free at the latest, by its start taking too long. */
  get untilFreeMs(): number {
    const now = this.options.clock.now();
    const ends = [...this.#starts.values()].filter((start) => holdsPlace(start, now)).map(({ since }) => since + HOLDS_MS - now);
    return Math.min(HOLDS_MS, ...ends);
  }

  /** The Session's place in the line, as it is by now. */
  #line(session: Session, now: number): Start {
    const { uid } = session.metadata;
    const known = this.#starts.get(uid);
    if (known?.state === 'waiting' || (known && holdsPlace(known, now))) return known;
    const turn = turnOf(session);
    const failedAt = known?.failedAt;
    // One that has failed, or took too long and has to start again, lets those go first who waited meanwhile.
    const wantedAt = known ? Math.max(turn.wantedAt, known.wantedAt, known.since) : turn.wantedAt;
    const start: Start = { ...turn, wantedAt, state: 'waiting', since: now, failedAt };
    this.#starts.set(uid, start);
    return start;
  }

  #callNext(): void {
    const { max, clock, wake } = this.options;
    if (max === undefined) return;
    for (const { uid } of mayStart(this.#starts.values(), max, clock.now())) wake(uid);
  }

  #count(is: (start: Start) => boolean): number {
    let count = 0;
    for (const start of this.#starts.values()) if (is(start)) count += 1;
    return count;
  }
}
