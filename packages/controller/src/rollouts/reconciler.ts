import { isDeepStrictEqual } from 'node:util';
import {
  ConflictError,
  isFinished,
  NotFoundError,
  type ObjectCache,
  type Rollout,
  type RolloutService,
  type Store,
} from '@mooring/resources';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.js';
import type { Result } from '../runtime/controller.js';
import { perform } from './act.js';
import { deadlineOf } from './advance.js';
import type { Environments } from './environments.js';
import { RolloutMemory } from './memory.js';
import { type Notice, noticesOf } from './notices.js';
import { type Act, isInFlight, plan, type RolloutObserved } from './plan.js';
import { isLater, newest, sameImageLater } from './siblings.js';
import { targetKey } from './target.js';

export interface RolloutReconcilerOptions {
  store: Store;
  rollouts: ObjectCache<'Rollout'>;
  environments: Environments;
  /** Told of what came to an end; must not throw, and takes no time. */
  tell: (notice: Notice) => void;
  clock: Clock;
}

const AFTER_CONFLICT_MS = 15;
/** While Rancher's lists are under way; their arrival wakes at once. */
const UNTIL_LISTED_MS = 1000;
/** How often all is listed again while services are waited for, should no event come through. */
const RELIST_MS = 60_000;
/** Finished Rollouts that are kept to be looked at. */
const KEPT = 100;

interface Pass {
  rollout: Rollout;
  memory: RolloutMemory;
  observed: RolloutObserved;
  log: Logger;
}

/** Moves one Rollout one step on: observe, decide, write down, act. To be run by one worker: it looks at other Rollouts, too. */
export class RolloutReconciler {
  readonly #memories = new Map<string, RolloutMemory>();

  constructor(private readonly options: RolloutReconcilerOptions) {}

  readonly reconcile = async (name: string, log: Logger): Promise<Result | undefined> => {
    const cached = this.options.rollouts.get(name);
    if (!cached) return this.#rest();
    const memory = this.#memoryOf(cached);
    const rollout = newest(cached, memory.written);
    if (isFinished(rollout)) return this.#finished(rollout);
    const { environments, clock } = this.options;
    await environments.follow(rollout.metadata.uid, rollout.spec);
    await this.#look(rollout, memory);
    const observed = this.#observe(rollout, memory);
    if (observed.listed.size === 0 && !observed.complete) return { requeueAfterMs: UNTIL_LISTED_MS };
    const { status, acts } = plan(rollout, observed);
    const written = await this.#record(rollout, { ...rollout, status }, memory);
    if (!written) return { requeueAfterMs: AFTER_CONFLICT_MS };
    if (isFinished(written)) return this.#finished(written);
    const retryMs = await this.#act(acts, { rollout: written, memory, observed, log });
    const delay = Math.min(retryMs, this.#nextLook(written, memory, clock.now()));
    return acts.length > 0 && retryMs === Number.POSITIVE_INFINITY ? { requeueAfterMs: 0 } : { requeueAfterMs: Math.max(delay, 1) };
  };

  #memoryOf({ metadata }: Rollout): RolloutMemory {
    const memory = this.#memories.get(metadata.uid) ?? new RolloutMemory();
    this.#memories.set(metadata.uid, memory);
    return memory;
  }

  /** Reads what is overdue: an event may be late or lost. */
  async #look({ status }: Rollout, memory: RolloutMemory): Promise<void> {
    const { environments, clock } = this.options;
    const now = clock.now();
    const listed = environments.listed();
    const targets = environments.targets();
    const due = status.services.filter(
      (service) =>
        isInFlight(service) && listed.has(service.environment.id) && memory.lookAt(service, stateIn(targets, service), now) <= now,
    );
    await Promise.all(due.map(({ environment, id }) => environments.read(environment.id, id)));
    for (const service of due) memory.looked(service);
    const waits = status.services.some(({ phase }) => phase === 'Waiting');
    memory.relistedAt ||= now;
    if (!waits || now - memory.relistedAt < RELIST_MS) return;
    memory.relistedAt = now;
    await environments.relist();
  }

  #observe(rollout: Rollout, { refused }: RolloutMemory): RolloutObserved {
    const { environments, rollouts, clock } = this.options;
    const others = rollouts.list().filter(({ metadata }) => metadata.uid !== rollout.metadata.uid);
    const busy = others
      .filter((other) => !isFinished(other))
      .flatMap(({ metadata, status }) =>
        status.services.filter(isInFlight).map(({ environment, id }) => [targetKey(environment, id), metadata.name] as const),
      );
    return {
      targets: environments.targets(),
      listed: environments.listed(),
      complete: environments.isComplete(rollout.spec),
      stackName: (target) => environments.stackName(target),
      newer: sameImageLater(rollout, others),
      busy: new Map(busy),
      refused,
      now: clock.now(),
    };
  }

  /** What is to be done is written down before it is done: after a crash it is known what may have been. */
  async #record(before: Rollout, after: Rollout, memory: RolloutMemory): Promise<Rollout | undefined> {
    if (isDeepStrictEqual(before.status, after.status)) return before;
    try {
      const written = await this.options.store.updateStatus('Rollout', after);
      memory.written = written;
      for (const notice of noticesOf(before, written)) this.options.tell(notice);
      return written;
    } catch (error) {
      if (error instanceof ConflictError || error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  /** Answers in how many ms the first act that failed is tried again; infinity where none did. */
  async #act(acts: readonly Act[], pass: Pass): Promise<number> {
    const { memory } = pass;
    const now = this.options.clock.now();
    const delays = await Promise.all(
      acts.map((act) => (memory.mayTry(act.service, now) ? this.#perform(act, pass) : Promise.resolve(UNTIL_LISTED_MS))),
    );
    return Math.min(...delays, Number.POSITIVE_INFINITY);
  }

  async #perform(act: Act, { rollout, memory, log }: Pass): Promise<number> {
    const outcome = await perform(act, rollout.spec, this.options.environments);
    if (outcome.is === 'again') {
      log.warn({ err: outcome.error, act: act.do, service: act.service.name }, 'Rancher did not do it; it is tried again');
      return memory.failed(act.service, this.options.clock.now());
    }
    memory.succeeded(act.service);
    if (outcome.is === 'refused') memory.refused.set(targetKey(act.service.environment, act.service.id), outcome.why);
    log.info({ act: act.do, service: act.service.name, environment: act.service.environment.name, outcome: outcome.is }, 'acted');
    return Number.POSITIVE_INFINITY;
  }

  /** In how many ms something is due by itself. */
  #nextLook({ status, spec }: Rollout, memory: RolloutMemory, now: number): number {
    const targets = this.options.environments.targets();
    const due = status.services
      .filter(isInFlight)
      .flatMap((service) => [memory.lookAt(service, stateIn(targets, service), now), deadlineOf(service, spec)].filter((at) => at > now));
    return Math.min(RELIST_MS, ...due.map((at) => at - now));
  }

  async #finished({ metadata }: Rollout): Promise<undefined> {
    this.#memories.delete(metadata.uid);
    await this.#prune();
    await this.#rest();
    return undefined;
  }

  /** The oldest go, where more are kept than anybody looks at. */
  async #prune(): Promise<void> {
    const { rollouts, store } = this.options;
    const finished = rollouts.list().filter(isFinished);
    if (finished.length <= KEPT) return;
    finished.sort((a, b) => (isLater(a, b) ? -1 : 1));
    for (const { metadata } of finished.slice(KEPT)) await store.delete('Rollout', metadata.name, { uid: metadata.uid });
  }

  /** With nothing under way, Rancher is left alone. */
  async #rest(): Promise<undefined> {
    const { rollouts, environments } = this.options;
    const isOpen = (rollout: Rollout): boolean => !isFinished(newest(rollout, this.#memories.get(rollout.metadata.uid)?.written));
    if (!rollouts.list().some(isOpen)) await environments.close();
    return undefined;
  }
}

const stateIn = (targets: ReadonlyMap<string, { state: string }>, { environment, id }: RolloutService): string =>
  targets.get(targetKey(environment, id))?.state ?? 'unknown';
