import type { Logger } from 'pino';
import { backoffDelay } from './backoff.js';
import { type Clock, pause, type Timer } from './clock.js';

/** What a watch tells. `gap`: something may have been missed, so everything is listed again. */
export type WatchSignal<T> =
  | { type: 'connected' }
  | { type: 'gap'; reason: string }
  | { type: 'set'; object: T }
  | { type: 'delete'; key: string };

/** Where the objects come from. */
export interface Source<T> {
  /** All objects, or an error: never a part of them. */
  list(signal: AbortSignal): Promise<T[]>;
  /** Goes on until the signal aborts, reconnecting by itself. */
  watch(signal: AbortSignal): AsyncIterable<WatchSignal<T>>;
  keyOf(object: T): string;
}

export interface InformerOptions<T> {
  source: Source<T>;
  clock: Clock;
  log: Logger;
}

/** For so long, in ms, the first list waits for the watch: a list from before it could have missed something, and would be repeated. */
const WATCH_OPENS_MS = 500;
const LIST_BACKOFF = { baseMs: 100, maxMs: 30_000 };

/**
 * A copy in memory of what a source holds, kept by a watch and, on a gap or on demand, by a list. An object that was set while
 * a list was under way is newer than the list's, and is kept. A failed list changes nothing.
 */
export class Informer<T> {
  readonly #source: Source<T>;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #objects = new Map<string, T>();
  /** What was set or deleted since the list that is under way began: newer than what that list will say. */
  readonly #touched = new Set<string>();
  readonly #listeners = new Set<(object: T) => void>();
  readonly #listedListeners = new Set<() => void>();
  readonly #abort = new AbortController();
  #synced = false;
  #whenSynced: (() => void)[] = [];
  #listing: Promise<void> | undefined;
  #listAgain = false;
  #watching: Promise<void> | undefined;
  #late: Timer | undefined;

  constructor({ source, clock, log }: InformerOptions<T>) {
    this.#source = source;
    this.#clock = clock;
    this.#log = log;
  }

  /** Whether a whole list was taken once. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Resolves after the first whole list. */
  async waitForSync(): Promise<void> {
    if (!this.#synced) await new Promise<void>((resolve) => this.#whenSynced.push(resolve));
  }

  /** Watches, and lists as soon as the watch is there, or is late: a site whose proxies let no websocket through still has the lists. */
  start(): void {
    this.#watching ??= this.#watch();
    this.#late ??= this.#clock.after(WATCH_OPENS_MS, () => {
      if (!this.#synced && !this.#listing) void this.relist();
    });
  }

  /** Who waits for the first list gets on, though there was none. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#late?.cancel();
    await Promise.allSettled([this.#watching, this.#listing]);
    this.#release();
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  /** Tells of every object that was set or deleted (then: the last one known). */
  onChange(listener: (object: T) => void): void {
    this.#listeners.add(listener);
  }

  /** Tells of every whole list that was taken in. */
  onListed(listener: () => void): void {
    this.#listedListeners.add(listener);
  }

  /** Somebody has read or written this object a moment ago: what they got is newer than what is here. */
  set(object: T): void {
    const key = this.#source.keyOf(object);
    this.#touched.add(key);
    this.#objects.set(key, object);
    this.#tell(object);
  }

  delete(key: string): void {
    this.#touched.add(key);
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    this.#tell(object);
  }

  /** Lists again; a list that is under way may have missed what this call is about, so another one follows it. */
  relist(): Promise<void> {
    this.#listAgain = true;
    this.#listing ??= this.#listUntilDone();
    return this.#listing;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#abort;
    for await (const event of this.#source.watch(signal)) {
      if (event.type === 'set') this.set(event.object);
      else if (event.type === 'delete') this.delete(event.key);
      else void this.relist();
      if (event.type === 'gap') this.#log.warn({ reason: event.reason }, 'the watch may have missed something: listing again');
    }
  }

  async #listUntilDone(): Promise<void> {
    for (let failures = 0; this.#listAgain && !this.#abort.signal.aborted; ) {
      this.#listAgain = false;
      try {
        await this.#list();
        failures = 0;
      } catch (error) {
        if (this.#abort.signal.aborted) break;
        failures += 1;
        this.#listAgain = true;
        this.#log.warn({ err: error, failures }, 'listing failed; what was seen before still counts');
        await pause(this.#clock, backoffDelay(failures, LIST_BACKOFF), this.#abort.signal);
      }
    }
    // In the same turn as the last look at #listAgain: a call that comes later starts anew.
    this.#listing = undefined;
  }

  async #list(): Promise<void> {
    this.#touched.clear();
    const listed = await this.#source.list(this.#abort.signal);
    const keys = new Set<string>();
    for (const object of listed) {
      const key = this.#source.keyOf(object);
      keys.add(key);
      if (this.#touched.has(key)) continue;
      this.#objects.set(key, object);
      this.#tell(object);
    }
    for (const key of [...this.#objects.keys()]) {
      if (!keys.has(key) && !this.#touched.has(key)) this.delete(key);
    }
    this.#synced = true;
    this.#release();
    for (const listener of this.#listedListeners) listener();
  }

  #release(): void {
    for (const resolve of this.#whenSynced.splice(0)) resolve();
  }

  #tell(object: T): void {
    for (const listener of this.#listeners) listener(object);
  }
}
