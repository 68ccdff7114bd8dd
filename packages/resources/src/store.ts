import type { Event } from './event.js';
import type { Draft, Kind, KindMap } from './kinds.js';

/** What changed: `object` is the object after the change, or the last one before it was gone (DELETED). */
export interface WatchEvent<K extends Kind = Kind> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  kind: K;
  object: KindMap[K];
  /** The position of this change in the one sequence over all kinds. */
  resourceVersion: string;
}

export interface WatchOptions {
  /** Changes after this one are told; the value that `list` gave. */
  resourceVersion: string;
  /** Ends the iteration without an error. */
  signal?: AbortSignal;
}

export interface CreateOptions {
  /**
   * The secret that routes a person to the Session (the cookie's value). It is kept in a table of its own, written in the
   * same transaction, and goes with the object.
   */
  secret?: string;
  /** The uid that the object had before its record was lost; a new one where it is missing. */
  uid?: string;
}

/** What the idle detector remembers. */
export interface StoredActivity {
  /** When it last looked, in ms since the epoch; 0: never. */
  observedAt: number;
  /** By the uid of the object that each is about, as the detector wrote it. */
  memories: ReadonlyMap<string, string>;
}

export interface DeleteOptions {
  /** Preconditions, as Kubernetes': Conflict where the object is another by now, or another version. */
  uid?: string;
  resourceVersion?: string;
  /** Added to what waits for its finalizers. */
  annotations?: Readonly<Record<string, string>>;
}

/**
 * Keeps objects and lets others watch them, with the contract of etcd: one sequence of resourceVersions over all kinds, writes by
 * compare-and-swap, watches that miss nothing or say that they expired. What a call has acknowledged is on disk.
 *
 * Every error is a StoreError with a code: AlreadyExists, NotFound, Conflict, Invalid, Expired; Unusable where what is stored can't be
 * read; Closed after `close`.
 */
export interface Store {
  /** By name, with the resourceVersion from which a watch tells what comes later. */
  list<K extends Kind>(kind: K): Promise<{ items: KindMap[K][]; resourceVersion: string }>;
  /** undefined where there is none. */
  get<K extends Kind>(kind: K, name: string): Promise<KindMap[K] | undefined>;
  /** What is recorded of an object, by its uid, the newest first: fifty or so at most, though the object may be gone. */
  eventsOf(uid: string): Promise<Event[]>;
  create<K extends Kind>(kind: K, draft: Draft<K>, options?: CreateOptions): Promise<KindMap[K]>;
  /**
   * Writes metadata (labels, annotations, finalizers) and spec if `object.metadata.resourceVersion` is still the newest; raises
   * `generation` where the spec changed; leaves the status as it is. An update that changes nothing writes nothing. An object
   * that is being deleted goes for good with its last finalizer.
   */
  update<K extends Kind>(kind: K, object: KindMap[K]): Promise<KindMap[K]>;
  /**
   * As `update`, and gives the object another name in the same write; uid, secret and status stay. AlreadyExists where the name is
   * taken. Watchers are told MODIFIED, with the new name. (Kubernetes has no such verb; here it is how a warm session becomes a
   * person's in one compare-and-swap.)
   */
  rename<K extends Kind>(kind: K, object: KindMap[K], name: string): Promise<KindMap[K]>;
  /** As `update`, for the status only. */
  updateStatus<K extends Kind>(kind: K, object: KindMap[K]): Promise<KindMap[K]>;
  /** Deletes at once where there are no finalizers; otherwise sets `deletionTimestamp`. Deleting what isn't there is no error. */
  delete(kind: Kind, name: string, options?: DeleteOptions): Promise<void>;
  /**
   * Every change of a kind after a resourceVersion, in order; ends when the signal aborts or the store is closed. Throws ExpiredError
   * where the change log no longer reaches back so far, or the version is not of this store: list again.
   */
  watch<K extends Kind>(kind: K, options: WatchOptions): AsyncIterable<WatchEvent<K>>;
  /** The secret of a Session, by the Session's uid. */
  secret(uid: string): Promise<string | undefined>;
  /** Whether an object of this uid was deleted from this store; the newest 10,000 deletions are remembered, those of Events aside. */
  wasDeleted(uid: string): Promise<boolean>;
  /** What `saveActivity` has kept. */
  activity(): Promise<StoredActivity>;
  /**
   * Keeps these memories and the time of the look that they are from, all or nothing. Memories of others stay; of an object that is gone
   * none is kept. No resourceVersion moves and no watcher is told.
   */
  saveActivity(activity: StoredActivity): Promise<void>;
  /**
   * Whether it was looked through once, whole, what runs without a record here: a store that is new may have followed on one that was lost, and
   * a crash may have come before that was done.
   */
  wasSearched(): Promise<boolean>;
  /** From now on it was; no resourceVersion moves. */
  markSearched(): Promise<void>;
  /**
   * Forgets all but the newest `keep` changes of the change log; watchers further behind get ExpiredError. Answers how many were forgotten.
   * Events that are old, or too many, are deleted first.
   */
  compact(keep: number): Promise<number>;
  /** Resolves if the store can be written and read. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
