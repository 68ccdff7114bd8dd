import { isDeepStrictEqual } from 'node:util';
import {
  assembleDocument,
  type DocumentEntry,
  type DocumentSettings,
  failoverEntry,
  fallbackEntry,
  type SessionRoute,
  sessionEntry,
} from './document.js';

interface Row {
  route: SessionRoute;
  entry: DocumentEntry;
  /** For a Traefik that fails over on errors. */
  failover: DocumentEntry;
}

/** The routes that Traefik should have, and the document that says them. Not loaded, it has no document: Traefik then keeps what it has. */
export class RouteTable {
  readonly #rows = new Map<string, Row>();
  /** The uids whose last change no served document shows yet. */
  readonly #unserved = new Set<string>();
  readonly #listeners = new Set<(uids: readonly string[]) => void>();
  readonly #fallback: DocumentEntry;
  #document: string | undefined;
  #loaded = false;
  #failsOver = false;

  constructor(private readonly settings: DocumentSettings & { /** false: only the fallback is in the document. */ withSessions: boolean }) {
    this.#fallback = fallbackEntry({ ...settings, syntax: settings.withSessions ? 'v3' : 'v2' });
  }

  /** All routes that were live when Mooring last ran are in the table: from now on there is a document. */
  markLoaded(): void {
    this.#loaded = true;
  }

  /** Whether Traefik fails over on errors: pages then do. The routes are the same either way, so none is to be seen live again. */
  set failsOver(value: boolean) {
    if (value === this.#failsOver) return;
    this.#failsOver = value;
    this.#document = undefined;
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Answers whether that changed anything. Throws for a route that would make the document invalid. */
  set(route: SessionRoute): boolean {
    const before = this.#rows.get(route.uid);
    if (isDeepStrictEqual(before?.route, route)) return false;
    this.#rows.set(route.uid, { route, entry: sessionEntry(route, this.settings), failover: failoverEntry(route, this.settings) });
    this.#changed(route.uid);
    return true;
  }

  /** Answers whether there was one. */
  delete(uid: string): boolean {
    if (!this.#rows.delete(uid)) return false;
    this.#changed(uid);
    return true;
  }

  has(uid: string): boolean {
    return this.#rows.has(uid);
  }

  get(uid: string): SessionRoute | undefined {
    return this.#rows.get(uid)?.route;
  }

  /** Whether Traefik has fetched a document that shows the last change of the Session's route. */
  isServed(uid: string): boolean {
    return !this.#unserved.has(uid);
  }

  /** Tells of which Sessions (by uid) the changes a document has just shown for the first time. */
  onServed(listener: (uids: readonly string[]) => void): void {
    this.#listeners.add(listener);
  }

  /** The document for Traefik's HTTP provider; undefined until the table is loaded. Made once a change. */
  serve(): string | undefined {
    if (!this.#loaded) return undefined;
    this.#document ??= assembleDocument(this.#fallback, this.settings.withSessions ? this.#entries() : []);
    if (this.#unserved.size > 0) this.#served();
    return this.#document;
  }

  *#entries(): Iterable<DocumentEntry> {
    for (const { entry, failover } of this.#rows.values()) yield this.#failsOver ? failover : entry;
  }

  #changed(key: string): void {
    this.#document = undefined;
    // Where no document shows sessions, nobody would ever take the key off again.
    if (this.settings.withSessions) this.#unserved.add(key);
  }

  #served(): void {
    const uids = [...this.#unserved];
    this.#unserved.clear();
    for (const listener of this.#listeners) listener(uids);
  }
}
