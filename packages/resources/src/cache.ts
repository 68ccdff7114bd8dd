import { setMaxListeners } from 'node:events';
import { CacheContents, type CacheEvent } from './cache-contents.js';
import { ClosedError } from './errors.js';
import type { Kind, KindMap } from './kinds.js';
import type { Logger } from './logger.js';
import { type MirrorOptions, mirror, type RetryDelays } from './mirror.js';
import { onAbort } from './on-abort.js';
import type { Store, WatchEvent } from './store.js';
import { waitFor } from './wait-for.js';

export type { CacheEvent } from './cache-contents.js';

export interface WaitOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
}

/**
 * All objects of one kind in memory, kept by list and watch. Reads cost nothing and may be a moment behind the store. The objects
 * are frozen: to change one, copy it (`structuredClone`) and give it to the store.
 */
export interface ObjectCache<K extends Kind> {
  /** Resolves once everything was listed; rejects with ClosedError if it is closed before. */
  ready(): Promise<void>;
  get(name: string): KindMap[K] | undefined;
  byUid(uid: string): KindMap[K] | undefined;
  /** By name. */
  list(): KindMap[K][];
  /** Those that have a label of this name, whatever its value, in no order: costs as much as there are of them. */
  labelled(label: string): KindMap[K][];
  /** Position up to which changes were taken in; '0' before the first list. */
  readonly resourceVersion: string;
  /**
   * Tells every change from now on (of the first list too: each object is ADDED), after it was taken in. Answers how to
   * unsubscribe. What a listener throws is logged and keeps nothing from the others.
   */
  subscribe(listener: (event: CacheEvent<K>) => void): () => void;
  /** The object once the predicate holds; undefined if time is up, the signal aborts or the cache is closed before. */
  waitFor(name: string, predicate: (object: KindMap[K]) => boolean, options?: WaitOptions): Promise<KindMap[K] | undefined>;
  close(): Promise<void>;
}

export interface OpenCacheOptions {
  logger?: Logger;
  /** Closes the cache. */
  signal?: AbortSignal;
  retry?: RetryDelays;
}

const RETRY: RetryDelays = { minMs: 100, maxMs: 10_000 };

/** Starts to mirror a kind; `ready()` says when everything is there. */
export function openCache<K extends Kind>(store: Store, kind: K, options: OpenCacheOptions = {}): ObjectCache<K> {
  return new MirrorCache(store, kind, options);
}

class MirrorCache<K extends Kind> implements ObjectCache<K> {
  readonly #contents = new CacheContents<K>();
  readonly #listeners = new Set<(event: CacheEvent<K>) => void>();
  readonly #closing = new AbortController();
  readonly #logger: Logger | undefined;
  readonly #ready: Promise<void>;
  readonly #running: Promise<void>;
  #markReady: () => void = () => undefined;
  #resourceVersion = '0';

  constructor(store: Store, kind: K, { logger, signal, retry = RETRY }: OpenCacheOptions) {
    this.#logger = logger;
    // As many may wait for an object at once as there are objects.
    setMaxListeners(0, this.#closing.signal);
    this.#ready = new Promise((resolve, reject) => {
      this.#markReady = resolve;
      onAbort(this.#closing.signal, () => reject(new ClosedError(`The cache of ${kind} was closed before it was filled.`)));
    });
    // Whoever waits sees the rejection; where nobody waits, there is nobody to tell.
    this.#ready.catch(() => undefined);
    onAbort(signal, () => this.#closing.abort());
    this.#running = this.#run(store, kind, { logger, retry, signal: this.#closing.signal });
  }

  get resourceVersion(): string {
    return this.#resourceVersion;
  }

  ready(): Promise<void> {
    return this.#ready;
  }

  get(name: string): KindMap[K] | undefined {
    return this.#contents.get(name);
  }

  byUid(uid: string): KindMap[K] | undefined {
    return this.#contents.byUid(uid);
  }

  list(): KindMap[K][] {
    return this.#contents.list();
  }

  labelled(label: string): KindMap[K][] {
    return this.#contents.labelled(label);
  }

  subscribe(listener: (event: CacheEvent<K>) => void): () => void {
    // One listener may subscribe twice.
    const own = (event: CacheEvent<K>) => listener(event);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  waitFor(name: string, predicate: (object: KindMap[K]) => boolean, options: WaitOptions = {}): Promise<KindMap[K] | undefined> {
    const { signal, timeoutMs } = options;
    return waitFor(this, name, predicate, { signals: [signal, this.#closing.signal], timeoutMs });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(store: Store, kind: K, options: MirrorOptions): Promise<void> {
    await mirror(
      store,
      kind,
      { replace: (items, version) => this.#replace(items, version), apply: (event) => this.#apply(event) },
      options,
    );
    this.#closing.abort();
  }

  #replace(items: KindMap[K][], resourceVersion: string): void {
    this.#resourceVersion = resourceVersion;
    this.#tell(this.#contents.replace(items));
    this.#markReady();
  }

  #apply({ type, object, resourceVersion }: WatchEvent<K>): void {
    this.#resourceVersion = resourceVersion;
    this.#tell(type === 'DELETED' ? this.#contents.remove(object) : this.#contents.put(object));
  }

  #tell(events: CacheEvent<K>[]): void {
    for (const event of events) {
      for (const listener of [...this.#listeners]) this.#tellOne(listener, event);
    }
  }

  #tellOne(listener: (event: CacheEvent<K>) => void, event: CacheEvent<K>): void {
    try {
      listener(event);
    } catch (err) {
      this.#logger?.error({ err, object: event.object.metadata.name }, 'a listener of the cache failed');
    }
  }
}
