import type { Logger } from 'pino';
import type { ApiKeyRecord, HostRecord } from '../model/records.js';
import type { Pace } from '../pace.js';
import type { Store } from '../store/store.js';
import type { Table } from '../store/table.js';
import { KeyedWorker } from './keyed-worker.js';

interface SimpleLifecycleOptions {
  store: Store;
  pace: Pace;
  signal: AbortSignal;
  logger: Logger;
}

/** Where each state leads by itself; the others stay (recordings 10-01 to 10-14d). */
const NEXT = {
  registering: 'active',
  activating: 'active',
  deactivating: 'inactive',
  removing: 'removed',
} as const satisfies Partial<Record<ApiKeyRecord['state'], ApiKeyRecord['state']>>;

const nextOf = (state: ApiKeyRecord['state']): (typeof NEXT)[keyof typeof NEXT] | undefined =>
  Object.hasOwn(NEXT, state) ? NEXT[state as keyof typeof NEXT] : undefined;

/** Brings objects whose changes need no work, hosts and API keys, from one state to the next. */
export class SimpleLifecycle<T extends HostRecord | ApiKeyRecord> {
  readonly #options: SimpleLifecycleOptions;
  readonly #table: Table<T>;
  readonly #worker: KeyedWorker;

  constructor(table: Table<T>, options: SimpleLifecycleOptions) {
    this.#table = table;
    this.#options = options;
    this.#worker = new KeyedWorker((id) => this.#step(id), options.logger);
  }

  wake(id: number): void {
    this.#worker.wake(id);
  }

  close(): void {
    this.#worker.close();
  }

  async #step(id: number): Promise<undefined> {
    const { store, pace, signal } = this.#options;
    const before = this.#table.get(id);
    if (!before || nextOf(before.state) === undefined) return undefined;
    await pace.wait('change', signal);
    const record = this.#table.get(id);
    const state = record && nextOf(record.state);
    if (!state || signal.aborted) return undefined;
    store.put({ ...record, state, ...(state === 'removed' && { removedTS: Date.now() }) });
    return undefined;
  }
}
