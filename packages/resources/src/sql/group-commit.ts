import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import { retryWhileBusy } from './busy.js';
import type { Tables } from './tables.js';

type Write<T> = (tx: Transaction<Tables>) => Promise<T>;

/** Settles the promise of whoever asked for a write, once it is known how the transaction ended. */
type Settle = () => void;

interface Waiting {
  /** Writes, or doesn't; answers what to tell after the commit. */
  attempt: (tx: Transaction<Tables>) => Promise<Settle>;
  fail: (error: unknown) => void;
}

/** So many writes share a transaction at most: readers wait for its end. */
const MOST = 100;
/** In a crowd others follow within this time, in milliseconds: about what a commit takes. */
const CROWD_MS = 2;

/**
 * Commits writes that are asked for at about the same time together, for the disk's fsync takes longer than all the rest of a write:
 * those of one turn of the event loop, and where several came together last time, those of a moment. Each is told of its success only
 * after that commit; one that fails is undone alone, and the others stay.
 */
export class GroupCommit {
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #isCrowd = false;

  /** `onCommit`: called after each commit, before those who asked are told. */
  constructor(
    private readonly db: Kysely<Tables>,
    private readonly onCommit: () => void,
  ) {}

  /** What the write answered, once it is on disk; what it threw, and then nothing of it is. */
  run<T>(write: Write<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const attempt = async (tx: Transaction<Tables>): Promise<Settle> => {
        const value = await write(tx);
        return () => resolve(value);
      };
      this.#waiting.push({ attempt, fail: reject });
      this.#running ??= this.#untilDone();
    });
  }

  /** Resolves when nothing waits or is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #untilDone(): Promise<void> {
    while (this.#waiting.length > 0) {
      await (this.#isCrowd ? delay(CROWD_MS) : setImmediate());
      const writes = this.#waiting.splice(0, MOST);
      this.#isCrowd = writes.length > 1;
      await this.#commit(writes);
    }
    this.#running = undefined;
  }

  async #commit(writes: readonly Waiting[]): Promise<void> {
    try {
      const settled = await retryWhileBusy(() => this.db.transaction().execute((tx) => attemptAll(tx, writes)));
      this.onCommit();
      for (const settle of settled) settle();
    } catch (error) {
      for (const { fail } of writes) fail(error);
    }
  }
}

async function attemptAll(tx: Transaction<Tables>, writes: readonly Waiting[]): Promise<Settle[]> {
  const settled: Settle[] = [];
  for (const write of writes) settled.push(writes.length === 1 ? await write.attempt(tx) : await attemptApart(tx, write));
  return settled;
}

/** What fails is undone as if it had been alone. Where SQLite itself gave up the transaction there is no savepoint any more: then all have failed. */
async function attemptApart(tx: Transaction<Tables>, { attempt, fail }: Waiting): Promise<Settle> {
  await sql`savepoint one`.execute(tx);
  try {
    return await attempt(tx);
  } catch (error) {
    await sql`rollback to one`.execute(tx).catch(() => Promise.reject(error));
    return () => fail(error);
  } finally {
    await sql`release one`.execute(tx).catch(() => undefined);
  }
}
