import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { CompiledQuery, type Kysely, type Transaction } from 'kysely';
import { isBusy, retryWhileBusy } from './busy.js';
import type { Tables } from './tables.js';

/** Reads what is there and says what is to be written; where it throws, nothing was. */
type Decide<D> = (tx: Transaction<Tables>) => Promise<D>;

/**
 * What has to be there after a power cut. `promised`: somebody is told that it is recorded. `observed`: it can be observed again, and is
 * on the disk with whatever is promised next; the end of a process takes neither away.
 */
export type Durability = 'promised' | 'observed';

/** Writes what was decided in one transaction. */
export interface Writer<D, R> {
  carryOut(decision: D): Promise<R>;
  /** Called when all was carried out, before the commit. */
  finish(): Promise<void>;
}

export interface GroupCommitOptions<D, R> {
  writer: (tx: Transaction<Tables>) => Writer<D, R>;
  /** Called after each commit with what came of its writes, in their order, before those who asked are told. */
  onCommit: (results: readonly R[]) => void;
  /** Waits so many milliseconds. */
  pause?: (ms: number) => Promise<unknown>;
  /** In ms, and never back. */
  now?: () => number;
}

interface Waiting<D, R> {
  decide: Decide<D>;
  durability: Durability;
  done: (result: R) => void;
  fail: (error: unknown) => void;
}

/** How a write went whose transaction is not committed yet. */
type Outcome<R> = { result: R } | { error: unknown };

/** So many writes share a transaction at most: readers wait for its end. */
const MOST = 100;
/** In a crowd others follow within this time, in milliseconds: about what a commit takes. */
const GATHER_MS = 2;
/** What was only observed waits so much longer for others: nobody has to be told of it, and a commit costs as much as several writes in it. */
const OBSERVED_MS = 6;
/** For so long after several writes came together, in milliseconds, more are expected to. */
const CROWD_MS = 50;

const SYNCHRONOUS = {
  promised: CompiledQuery.raw('pragma synchronous = full'),
  observed: CompiledQuery.raw('pragma synchronous = normal'),
};

/**
 * Commits writes that are asked for at about the same time together, for the disk's fsync takes longer than all the rest of a write:
 * those of one turn of the event loop, and where several came together a moment ago, those of a moment. Each is told of its success only
 * after that commit; one that fails is as if it had never been asked for, and the others are done.
 */
export class GroupCommit<D, R> {
  #waiting: Waiting<D, R>[] = [];
  #running: Promise<void> | undefined;
  #crowdAt = Number.NEGATIVE_INFINITY;
  #onPromise: () => void = () => undefined;
  readonly #pause: (ms: number) => Promise<unknown>;
  readonly #now: () => number;

  constructor(
    private readonly db: Kysely<Tables>,
    private readonly options: GroupCommitOptions<D, R>,
  ) {
    this.#pause = options.pause ?? delay;
    this.#now = options.now ?? (() => performance.now());
  }

  /** What came of the write, once it is committed; what it threw, and then nothing of it is. */
  run(decide: Decide<D>, durability: Durability): Promise<R> {
    return new Promise<R>((done, fail) => {
      this.#waiting.push({ decide, durability, done, fail });
      this.#running ??= this.#untilDone();
      if (durability === 'promised') this.#onPromise();
    });
  }

  /** Resolves when nothing waits or is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #untilDone(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gather();
      const writes = this.#waiting.splice(0, MOST);
      await this.#commit(writes);
      if (writes.length > 1) this.#crowdAt = this.#now();
    }
    this.#running = undefined;
  }

  async #gather(): Promise<void> {
    if (this.#now() - this.#crowdAt >= CROWD_MS) {
      await setImmediate();
      return;
    }
    if (!this.#waiting.some(isPromised)) await Promise.race([this.#promised(), this.#pause(OBSERVED_MS)]);
    await this.#pause(GATHER_MS);
  }

  /** Resolves when the next write is asked for that somebody is promised. */
  #promised(): Promise<void> {
    return new Promise((resolve) => {
      this.#onPromise = resolve;
    });
  }

  async #commit(writes: readonly Waiting<D, R>[]): Promise<void> {
    try {
      this.#tell(writes, await retryWhileBusy(() => this.#transaction(writes)));
    } catch (error) {
      await this.#undone(writes, error);
    }
  }

  /** One promise makes all of them wait for the disk; otherwise SQLite leaves that to the next one. */
  async #transaction(writes: readonly Waiting<D, R>[]): Promise<Outcome<R>[]> {
    if (writes.some(isPromised)) return this.db.transaction().execute((tx) => this.#attemptAll(tx, writes));
    return this.db.connection().execute(async (connection) => {
      await connection.executeQuery(SYNCHRONOUS.observed);
      try {
        return await connection.transaction().execute((tx) => this.#attemptAll(tx, writes));
      } finally {
        await connection.executeQuery(SYNCHRONOUS.promised);
      }
    });
  }

  /** Whether one was at fault or the disk is: each tells alone. */
  async #undone(writes: readonly Waiting<D, R>[], error: unknown): Promise<void> {
    if (writes.length === 1 || isBusy(error)) for (const { fail } of writes) fail(error);
    else for (const write of writes) await this.#commit([write]);
  }

  async #attemptAll(tx: Transaction<Tables>, writes: readonly Waiting<D, R>[]): Promise<Outcome<R>[]> {
    const outcomes: Outcome<R>[] = [];
    const writer = this.options.writer(tx);
    for (const { decide } of writes) {
      const decision = await decide(tx).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      outcomes.push('error' in decision ? decision : { result: await writer.carryOut(decision.value) });
    }
    await writer.finish();
    return outcomes;
  }

  #tell(writes: readonly Waiting<D, R>[], outcomes: readonly Outcome<R>[]): void {
    this.options.onCommit(outcomes.flatMap((outcome) => ('result' in outcome ? [outcome.result] : [])));
    for (const [index, outcome] of outcomes.entries()) {
      if ('result' in outcome) writes[index]?.done(outcome.result);
      else writes[index]?.fail(outcome.error);
    }
  }
}

const isPromised = ({ durability }: { durability: Durability }): boolean => durability === 'promised';
