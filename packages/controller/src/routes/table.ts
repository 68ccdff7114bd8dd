import { isDeepStrictEqual } from 'node:util';
import { BUCKETS_FROM, type Bucket, bucketOf, bucketRouters, isInBuckets } from './buckets.js';
import {
  assembleDocument,
  bucketedEntry,
  type CoveredRoute,
  coverEntry,
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
  /** The same where there are many; missing where nothing is led there by a session's cookie. */
  bucketed?: { bucket: Bucket; entry: DocumentEntry };
}

/** Traefik fetches the document every five seconds where nothing else is said to it: one that hasn't for so long, in ms, does not. */
const FETCHES_WITHIN_MS = 15_000;

/** A Traefik that reads labels asks for them every 15 seconds where nothing else is said to it, and Rancher's metadata are some behind: so long a cover outlasts its session, in ms. */
const COVER_OUTLASTS_MS = 30_000;

/** The rules that a cover answers to. */
const coveredBy = (cover: DocumentEntry | undefined): string =>
  Object.values(cover?.routers ?? {})
    .map(({ rule }) => rule)
    .join();

/** The routes that Traefik should have, and the document that says them. Not loaded, it has no document: Traefik then keeps what it has. */
export class RouteTable {
  readonly #rows = new Map<string, Row>();
  /** What the waiting page answers where labels are the routes, by uid. */
  readonly #covers = new Map<string, DocumentEntry>();
  /** Of these, the ones that go, and when, in ms. */
  readonly #ending = new Map<string, number>();
  /** The uids whose last change no served document shows yet. */
  readonly #unserved = new Set<string>();
  readonly #listeners = new Set<(uids: readonly string[]) => void>();
  readonly #followers = new Set<() => void>();
  #fallback: DocumentEntry;
  #document: string | undefined;
  #loaded = false;
  #failsOver = false;
  #withSessions: boolean | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly settings: DocumentSettings & Pick<RouteTable, 'withSessions'>) {
    this.#withSessions = settings.withSessions;
    this.#fallback = this.#fallbackOf();
  }

  /** false: only the fallback is in the document, and what the waiting page answers over labels. undefined: nobody knows yet whether Traefik lives by it, and there is none. */
  get withSessions(): boolean | undefined {
    return this.#withSessions;
  }

  set withSessions(value: boolean | undefined) {
    if (value === this.#withSessions) return;
    this.#withSessions = value;
    this.#fallback = this.#fallbackOf();
    this.#covers.clear();
    this.#ending.clear();
    this.#renew();
    // What no document will show, nobody need wait for.
    if (!value && this.#unserved.size > 0) this.#served();
  }

  /** All routes that were live when Mooring last ran are in the table: from now on there is a document. */
  markLoaded(): void {
    this.#loaded = true;
    this.#renew();
  }

  /** Whether Traefik fails over on errors: pages then do. The routes are the same either way, so none is to be seen live again. */
  set failsOver(value: boolean) {
    if (value === this.#failsOver) return;
    this.#failsOver = value;
    this.#renew();
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
    this.#rows.set(route.uid, this.#rowOf(route));
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

  /**
   * Has the waiting page answer a Session's requests, whatever its labels say; only where labels are the routes. Throws for a route that would make
   * the document invalid.
   */
  cover(session: CoveredRoute): void {
    if (this.#withSessions !== false) return;
    this.#ending.delete(session.uid);
    if (this.#covers.has(session.uid)) return;
    const entry = coverEntry(session, this.settings);
    // What is in the place of another that has just gone is covered by itself, and has its visitors as soon as it answers.
    for (const uid of [...this.#ending.keys()]) if (coveredBy(this.#covers.get(uid)) === coveredBy(entry)) this.uncover(uid);
    this.#covers.set(session.uid, entry);
    this.#unserved.add(session.uid);
    this.#renew();
  }

  /** Its labels lead to its container again. */
  uncover(uid: string): void {
    this.#ending.delete(uid);
    if (!this.#covers.delete(uid)) return;
    this.#renew();
    // Nobody waits for that, and where nobody fetches any more the key would stay.
    if (this.#withSessions === false) this.#unserved.delete(uid);
  }

  /** It has stopped, or gone, of which Traefik may hear later than we do: until then its labels would lead to nobody. */
  uncoverLater(uid: string, now: number): void {
    this.dropCovers(now);
    if (this.#covers.has(uid) && !this.#ending.has(uid)) this.#ending.set(uid, now + COVER_OUTLASTS_MS);
  }

  /** To be called before the document is served. */
  dropCovers(now: number): void {
    for (const [uid, endsAt] of this.#ending) if (endsAt <= now) this.uncover(uid);
  }

  /** Whether it is to stay so. */
  isCovered(uid: string): boolean {
    return this.#covers.has(uid) && !this.#ending.has(uid);
  }

  /** To be told when Traefik was given the document, in ms. */
  noteFetch(now: number): void {
    this.#fetchedAt = now;
  }

  /** Whether there is a Traefik that fetches the document: one that has its routes from labels needn't. */
  isFetched(now: number): boolean {
    return now - this.#fetchedAt < FETCHES_WITHIN_MS;
  }

  /** Whether Traefik has fetched a document that shows the last change of the Session's route. */
  isServed(uid: string): boolean {
    return !this.#unserved.has(uid);
  }

  /** Tells of which Sessions (by uid) the changes a document has just shown for the first time. */
  onServed(listener: (uids: readonly string[]) => void): void {
    this.#listeners.add(listener);
  }

  /** Calls when the document may have become another. */
  onChanged(follower: () => void): void {
    this.#followers.add(follower);
  }

  /** The document for Traefik's HTTP provider; undefined until the table is loaded. Made once a change. */
  serve(): string | undefined {
    if (!this.#loaded || this.#withSessions === undefined) return undefined;
    this.#document ??= assembleDocument(this.#fallback, this.#withSessions ? this.#entries() : this.#covers.values());
    if (this.#unserved.size > 0) this.#served();
    return this.#document;
  }

  /** A Traefik that has the routes from labels is a Traefik 2. */
  #fallbackOf(): DocumentEntry {
    return fallbackEntry({ ...this.settings, syntax: this.#withSessions === false ? 'v2' : 'v3' });
  }

  #rowOf(route: SessionRoute): Row {
    const row = { route, entry: sessionEntry(route, this.settings), failover: failoverEntry(route, this.settings) };
    if (!isInBuckets(route)) return row;
    const bucket = bucketOf(route);
    return { ...row, bucketed: { bucket, entry: bucketedEntry(route, bucket.name, this.settings) } };
  }

  *#entries(): Iterable<DocumentEntry> {
    const rows = [...this.#rows.values()];
    // A Traefik that fails over knows routers with children, too.
    const buckets = this.#failsOver ? rows.flatMap(({ bucketed }) => (bucketed ? [bucketed.bucket] : [])) : [];
    const areMany = buckets.length >= BUCKETS_FROM;
    if (areMany) yield { routers: bucketRouters(buckets, this.settings.entryPoint), services: {} };
    for (const { entry, failover, bucketed } of rows) yield (areMany && bucketed?.entry) || (this.#failsOver ? failover : entry);
  }

  #changed(key: string): void {
    // Where no document shows sessions, nobody would ever take the key off again, and the document stays as it is.
    if (!this.#withSessions) return;
    this.#unserved.add(key);
    this.#renew();
  }

  #renew(): void {
    this.#document = undefined;
    for (const follower of this.#followers) follower();
  }

  #served(): void {
    const uids = [...this.#unserved];
    this.#unserved.clear();
    for (const listener of this.#listeners) listener(uids);
  }
}
