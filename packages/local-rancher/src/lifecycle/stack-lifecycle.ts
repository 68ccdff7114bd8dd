import type { Logger } from 'pino';
import type { StackRecord } from '../model/records.js';
import type { Pace } from '../pace.js';
import type { Store } from '../store/store.js';
import { KeyedWorker } from './keyed-worker.js';
import { removeService } from './transitions.js';

interface StackLifecycleOptions {
  store: Store;
  pace: Pace;
  signal: AbortSignal;
  logger: Logger;
}

/** A stack becomes active by itself, and takes its services along when it is removed. */
export class StackLifecycle {
  readonly #options: StackLifecycleOptions;
  readonly #worker: KeyedWorker;

  constructor(options: StackLifecycleOptions) {
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
    const stack = this.#options.store.stacks.get(id);
    if (stack?.state === 'activating') await this.#settle(stack, { state: 'active' });
    if (stack?.state === 'removing') await this.#remove(stack);
    return undefined;
  }

  async #remove(stack: StackRecord): Promise<void> {
    const { store } = this.#options;
    const services = store.services.childrenOf(stack.id).filter((service) => service.state !== 'removed');
    const staying = services.filter((service) => service.state !== 'removing');
    for (const service of staying) store.put(...removeService(service, store.containers.childrenOf(service.id)));
    if (services.length === 0) await this.#settle(stack, { state: 'removed', removedTS: Date.now() });
  }

  async #settle({ id, state }: StackRecord, change: Partial<StackRecord>): Promise<void> {
    const { store, pace, signal } = this.#options;
    await pace.wait('stack', signal);
    const stack = store.stacks.get(id);
    if (stack?.state === state && !signal.aborted) store.put({ ...stack, ...change });
  }
}
