import { isDeepStrictEqual } from 'node:util';
import { onBehalfOf } from '@mooring/rancher-client';
import { ConflictError, NotFoundError, type ObjectCache, REQUEST_ANNOTATION, type Session, updated } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Journal } from '../activity/journal.js';
import type { Result } from '../runtime/controller.js';
import type { StartQueue } from '../starts/start-queue.js';
import { type Act, apply, troubleOf } from './apply.js';
import { describe } from './describe.js';
import type { End } from './end.js';
import type { Hands } from './hands.js';
import { endAndTell } from './idle.js';
import { FIRST_PROBE_MS, lookDelay, type Remembered, type SessionMemory } from './memory.js';
import type { ReadyObserver } from './metrics.js';
import { type ObserverParts, observe } from './observe.js';
import type { Observed, ObservedContainer } from './observed.js';
import { plan } from './plan.js';
import { askContainer } from './probes.js';
import { recordUpdate, type UpdateStep } from './record-update.js';
import { awaitCover, confirmRoute, coverRoute, layRoute } from './routing.js';
import { isStart, type Step } from './step.js';
import { isElsewhere } from './update.js';

export interface SessionReconcilerOptions extends Omit<Hands, 'sessions'>, ObserverParts {
  sessions: ObjectCache<'Session'>;
  memory: SessionMemory;
  journal: Journal;
  starts: StartQueue;
  /** Called once each time a Session that was not ready has become so. */
  onReady?: ReadyObserver;
}

/** Rancher tells by an event, at once or after a second; it takes 0.2 to 0.7 s for a state (recordings). */
const FIRST_READ_MS = 250;
/** Nobody waits for what goes, so the event has the time that it may take. */
const FIRST_READ_OF_GOING_MS = 1500;
/** Somebody else wrote first: what they wrote comes by the watch. */
const AFTER_CONFLICT_MS = 15;
/** A container that takes longer to answer may have ended instead: from then on Rancher is asked along with it. */
const MAY_HAVE_ENDED_MS = 1000;
/** What could not be asked about may be seen whole a moment later. */
const ASK_AGAIN_MS = 1000;
/** What could not be asked of Rancher for an update waits, while what runs is reached as before. */
const HOLD_UPDATE_MS = 60_000;
const NOW: Result = { requeueAfterMs: 0 };
const ITS_TURN = 'its turn';

/** What one pass over a Session goes by. */
interface Pass {
  memory: Remembered;
  observed: Observed;
  log: Logger;
}

/** Moves one Session one step on: observe, decide, write down, act. */
export class SessionReconciler {
  constructor(private readonly options: SessionReconcilerOptions) {}

  readonly reconcile = async (name: string, log: Logger): Promise<Result | undefined> => {
    const cached = this.options.sessions.get(name);
    if (!cached) return this.#gone(name);
    const reqId = cached.metadata.annotations[REQUEST_ANNOTATION];
    try {
      if (reqId === undefined) return await this.#pass(cached, log);
      return await onBehalfOf(reqId, () => this.#pass(cached, log.child({ reqId })));
    } catch (error) {
      this.options.starts.failed(cached.metadata.uid);
      throw error;
    }
  };

  async #pass(cached: Session, log: Logger): Promise<Result | undefined> {
    const memory = this.options.memory.of(cached.metadata);
    if (memory.gone) return undefined;
    const session = newest(cached, memory.written);
    const observed = await observe(session, memory, this.options);
    const step = this.#inTurn(plan(session, observed), session, { observed, memory });
    if (doesWell(step)) observed.trouble = memory.trouble = undefined;
    const written = leavesRecord(step) ? session : await this.#record(session, observed, memory, log);
    if (!written) return { requeueAfterMs: AFTER_CONFLICT_MS };
    if (!observed.inDoubt) {
      await layRoute(written, observed, memory, this.options);
      await coverRoute(written, observed, this.options);
    }
    this.#measure(written, memory);
    if (!isStart(step) && !observed.queued) this.options.starts.follow(written);
    log.debug({ step: step.type, phase: written.status.phase }, 'planned');
    return this.#do(step, written, { memory, observed, log });
  }

  /** What has to be started waits until it is its turn; what may only seem to be missing is asked for first. */
  #inTurn(step: Step, session: Session, { observed, memory }: Pick<Pass, 'observed' | 'memory'>): Step {
    if (!isStart(step) || observed.inDoubt) return step;
    const { starts } = this.options;
    observed.queued = !starts.admits(session);
    if (!observed.queued) return step;
    if (!observed.trouble?.refused && starts.hasRecovered(session.metadata.uid)) observed.trouble = memory.trouble = undefined;
    return { type: 'queue' };
  }

  /** Nothing has the name: what had it is gone, or has another. */
  #gone(name: string): undefined {
    const { memory, sessions, table, clock } = this.options;
    const uid = memory.release(name);
    if (uid === undefined || sessions.byUid(uid)) return;
    table.delete(uid);
    table.uncoverLater(uid, clock.now());
    memory.forget(uid);
  }

  /** Writes the status where it says something new; undefined where somebody else wrote first, or the Session is gone. */
  async #record(session: Session, observed: Observed, memory: Remembered, log: Logger): Promise<Session | undefined> {
    const status = describe(session, observed, new Date(this.options.clock.now()));
    if (isDeepStrictEqual(status, session.status)) return session;
    try {
      const written = await this.options.store.updateStatus('Session', { ...session, status });
      memory.written = written;
      await this.options.journal.transition(session, written, { memory: observed.idle?.memory, log });
      return written;
    } catch (error) {
      if (error instanceof ConflictError || error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  #do(step: Step, session: Session, { memory, observed, log }: Pass): Promise<Result | undefined> | Result | undefined {
    switch (step.type) {
      case 'settled':
        memory.readAt = undefined;
        memory.waiting = undefined;
        return this.#untilDue(observed, memory);
      case 'queue':
        return this.#waitForTurn(memory, observed);
      case 'wait':
        return this.#waitForRancher(`${step.for} ${session.status.service?.state}`, session, memory);
      case 'probe':
        return this.#probe(session, step.container, memory);
      case 'confirmRoute':
        return confirmRoute(session, step.live, memory, this.options);
      case 'askSources':
        return this.#askSources(session, memory);
      case 'end':
      case 'giveUp':
        return this.#end(step, session, log);
      case 'beginUpdate':
      case 'takeUpdate':
      case 'dropUpdate':
      case 'giveUpUpdate':
        return this.#update(step, session, { memory, observed, log });
      default:
        return (isStart(step) && awaitCover(session, memory, this.options)) || this.#act(step, session, memory);
    }
  }

  /** A mark's grace ends without anything else happening, and so does the time that an update waits. */
  #untilDue({ idle, update }: Observed, { updateHeldUntil }: Remembered): Result | undefined {
    const endsAt = idle?.fate.type === 'marked' ? idle.fate.endsAt : Number.POSITIVE_INFINITY;
    const heldUntil = (update?.held && updateHeldUntil) || Number.POSITIVE_INFINITY;
    const requeueAfterMs = Math.min(endsAt, heldUntil) - this.options.clock.now();
    return requeueAfterMs > 0 && requeueAfterMs < Number.POSITIVE_INFINITY ? { requeueAfterMs } : undefined;
  }

  async #act(step: Act, session: Session, memory: Remembered): Promise<Result | undefined> {
    try {
      await apply(step, session, this.options);
      memory.trouble = undefined;
      if (isStart(step)) this.options.starts.went();
      if (step.type === 'finalize') memory.gone = this.options.view.services(session).length === 0;
      return NOW;
    } catch (error) {
      if (error instanceof ConflictError) return { requeueAfterMs: AFTER_CONFLICT_MS };
      memory.trouble = troubleOf(error);
      const { refused } = memory.trouble;
      if (step.type === 'upgrade' && (!refused || isElsewhere(memory.trouble)))
        memory.updateHeldUntil = this.options.clock.now() + HOLD_UPDATE_MS;
      throw error;
    }
  }

  /** The Session has become another, or is to. */
  async #update(step: UpdateStep, session: Session, { memory, observed, log }: Pass): Promise<Result | undefined> {
    try {
      memory.written = await recordUpdate(step, session, this.options, { memory: observed.idle?.memory, log });
      return NOW;
    } catch (error) {
      if (error instanceof ConflictError || error instanceof NotFoundError) return { requeueAfterMs: AFTER_CONFLICT_MS };
      memory.trouble = troubleOf(error);
      throw error;
    }
  }

  /** Whoever stands in line may only seem to be stopped, by an old list or a late event: Rancher is asked once, before others go first. */
  #waitForTurn(memory: Remembered, { services }: Observed): Result {
    const { clock, starts } = this.options;
    memory.startingAt = undefined;
    if (services.length === 0 || memory.waiting?.what === ITS_TURN) return { requeueAfterMs: starts.untilFreeMs, untried: true };
    memory.readAt = clock.now();
    memory.waiting = { what: ITS_TURN, since: memory.readAt };
    return { requeueAfterMs: 0, untried: true };
  }

  /** An event ends the wait; but for one that is late or lost, the service is read when `readAt` comes. */
  #waitForRancher(what: string, { metadata }: Session, memory: Remembered): Result {
    const firstMs = metadata.deletionTimestamp === undefined ? FIRST_READ_MS : FIRST_READ_OF_GOING_MS;
    const now = this.options.clock.now();
    memory.readAt = Math.min(memory.readAt ?? Number.POSITIVE_INFINITY, now + lookDelay(memory, what, now, firstMs));
    return { requeueAfterMs: memory.readAt - now };
  }

  async #probe(session: Session, container: ObservedContainer & { ip: string }, memory: Remembered): Promise<Result> {
    memory.reach = await askContainer(this.options.prober, updated(session), container);
    if (memory.reach.ok) return NOW;
    const now = this.options.clock.now();
    const requeueAfterMs = lookDelay(memory, `${memory.run} to answer`, now, FIRST_PROBE_MS);
    if (now - (memory.waiting?.since ?? now) > MAY_HAVE_ENDED_MS) memory.readAt ??= now + requeueAfterMs;
    return { requeueAfterMs };
  }

  /** What was heard counts as the answer only if all were asked. */
  async #askSources(session: Session, memory: Remembered): Promise<Result> {
    const { activity, clock } = this.options;
    if (!(await activity.ask(session))) return { requeueAfterMs: ASK_AGAIN_MS };
    memory.askedAt = clock.now();
    return NOW;
  }

  /** What it comes to is told by the watch. */
  async #end(step: End, session: Session, log: Logger): Promise<Result | undefined> {
    return (await endAndTell(step, session, this.options, log)) ? undefined : { requeueAfterMs: AFTER_CONFLICT_MS };
  }

  #measure(session: Session, memory: Remembered): void {
    if (session.status.phase !== 'Ready') {
      memory.since ??= this.options.clock.now();
    } else if (memory.since !== undefined) {
      this.options.onReady?.(memory.since, session.status.conditions);
      memory.since = undefined;
    }
  }
}

/** The next write says more: the status of what ends would be read by nobody. */
const leavesRecord = (step: Step): boolean =>
  step.type === 'finalize' || step.type === 'askSources' || (step.type === 'end' && step.reason === 'Idle');

/** What went wrong with Rancher before doesn't matter any more: the container runs, or nothing is wanted. */
const doesWell = ({ type }: Step): boolean => ['settled', 'probe', 'confirmRoute', 'askSources'].includes(type);

/** The cache hears of our own writes a moment later: what we wrote last is what counts until then. */
function newest(cached: Session, written: Session | undefined): Session {
  if (written?.metadata.uid !== cached.metadata.uid) return cached;
  return Number(written.metadata.resourceVersion) > Number(cached.metadata.resourceVersion) ? written : cached;
}
