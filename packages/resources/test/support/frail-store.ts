import type { Kind, KindMap, Store, WatchEvent, WatchOptions } from '../../src/index.js';

/** A store whose reads and watches can be made to fail. All else is the inner store's. */
export class FrailStore {
  /** Thrown by the next lists, one each. */
  readonly listErrors: Error[] = [];
  lists = 0;
  /** Lists wait for this. */
  listsAfter: Promise<unknown> = Promise.resolve();
  #breakWatches = new Set<(error: Error) => void>();

  constructor(private readonly inner: Store) {}

  get store(): Store {
    return new Proxy(this.inner, {
      get: (inner, key) => {
        if (key === 'list') return (kind: Kind) => this.#list(kind);
        if (key === 'watch') return (kind: Kind, options: WatchOptions) => this.#watch(kind, options);
        const value = Reflect.get(inner, key);
        return typeof value === 'function' ? value.bind(inner) : value;
      },
    });
  }

  /** Watches that run end with this error; what is written from now on they don't tell. */
  breakWatches(error: Error): void {
    for (const end of this.#breakWatches) end(error);
    this.#breakWatches.clear();
  }

  async #list<K extends Kind>(kind: K): Promise<{ items: KindMap[K][]; resourceVersion: string }> {
    this.lists += 1;
    await this.listsAfter;
    const error = this.listErrors.shift();
    if (error !== undefined) throw error;
    return this.inner.list(kind);
  }

  async *#watch<K extends Kind>(kind: K, options: WatchOptions): AsyncGenerator<WatchEvent<K>> {
    const broken = new Promise<never>((_resolve, reject) => this.#breakWatches.add(reject));
    const stop = new AbortController();
    options.signal?.addEventListener('abort', () => stop.abort());
    const events = this.inner.watch(kind, { ...options, signal: stop.signal })[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await Promise.race([events.next(), broken]);
        if (next.done) return;
        yield next.value;
      }
    } finally {
      stop.abort();
    }
  }
}
