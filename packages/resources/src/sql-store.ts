import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import { AlreadyExistsError, ClosedError, InvalidError, NotFoundError } from './errors.js';
import type { Event } from './event.js';
import type { Draft, Kind, KindMap } from './kinds.js';
import type { Logger } from './logger.js';
import { onAbort } from './on-abort.js';
import { readActivity, writeActivity } from './sql/activity.js';
import { retryWhileBusy } from './sql/busy.js';
import { ChangeBell } from './sql/change-bell.js';
import { type ChangePage, compactChanges, readChanges, readMeta } from './sql/change-log.js';
import { ChangePoll } from './sql/change-poll.js';
import { openDatabase } from './sql/database.js';
import { compactDeletions, isDeletionKnown } from './sql/deletions.js';
import { pruneEvents, selectEventsOf } from './sql/events.js';
import { type Durability, GroupCommit, type Writer } from './sql/group-commit.js';
import { ChangeWriter, readObject, selectObject, selectObjects } from './sql/objects.js';
import { RecentChanges } from './sql/recent-changes.js';
import type { Tables } from './sql/tables.js';
import type { CreateOptions, DeleteOptions, Store, StoredActivity, WatchEvent, WatchOptions } from './store.js';
import { type Change, created, type Decision, deleted, renamed, type StoredObject, statusUpdated, updated } from './transitions.js';
import { invalidObject } from './validation.js';

export interface OpenStoreOptions {
  /** The database's file, or `:memory:`. The folder must exist; the file is made, readable by its owner only. */
  path: string;
  now?: () => Date;
  /** Must give UUIDs. */
  uid?: () => string;
  logger?: Logger;
  /** Told of each write that was asked for: how long it took in seconds, and why it failed. */
  onWrite?: (seen: { seconds: number; error?: unknown }) => void;
  /** How often watchers look whether another process wrote, in milliseconds; what this one writes wakes them at once. */
  pollMs?: number;
}

/**
 * Opens the store in a file, brings its schema up to date, and makes it where it doesn't exist. Several processes may open the same file.
 *
 * @throws {UnusableError} where the file is something else, or of a newer version
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { path, now = () => new Date(), uid = randomUUID, pollMs = 1_000, logger, onWrite } = options;
  return new SqlStore(await openDatabase(path), { now, uid, pollMs, logger, onWrite });
}

/** How many changes a watcher holds in memory at once, and how many objects are parsed in one go. */
const PAGE = 100;

class SqlStore implements Store {
  readonly #bell = new ChangeBell();
  readonly #poll: ChangePoll;
  readonly #writes: GroupCommit<Decided, Written>;
  readonly #recent = new RecentChanges();
  #closing: Promise<void> | undefined;

  constructor(
    private readonly db: Kysely<Tables>,
    private readonly options: Required<Pick<OpenStoreOptions, 'now' | 'uid' | 'pollMs'>> & Pick<OpenStoreOptions, 'logger' | 'onWrite'>,
  ) {
    this.#writes = new GroupCommit(db, { writer: (tx) => new DecisionWriter(tx), onCommit: (written) => this.#committed(written) });
    this.#poll = new ChangePoll({
      readVersion: () => this.#dataVersion(),
      onChange: () => this.#changedInFile(),
      intervalMs: options.pollMs,
    });
  }

  async list<K extends Kind>(kind: K): Promise<{ items: KindMap[K][]; resourceVersion: string }> {
    const snapshot = await this.#read(async (tx) => ({
      rows: await selectObjects(tx, kind),
      resourceVersion: String(await readMeta(tx, 'resource_version')),
    }));
    const items: KindMap[K][] = [];
    for (const [index, { json }] of snapshot.rows.entries()) {
      // A long list gives way to others now and then; it is what it was when it was read.
      if (index % PAGE === PAGE - 1) await setImmediate();
      items.push(readObject(kind, json));
    }
    return { items, resourceVersion: snapshot.resourceVersion };
  }

  async get<K extends Kind>(kind: K, name: string): Promise<KindMap[K] | undefined> {
    return this.#query((db) => this.#select(db, kind, name));
  }

  async eventsOf(uid: string): Promise<Event[]> {
    return this.#query((db) => selectEventsOf(db, uid));
  }

  async create<K extends Kind>(kind: K, draft: Draft<K>, { secret, uid }: CreateOptions = {}): Promise<KindMap[K]> {
    const change = created(kind, draft, { uid: uid ?? this.options.uid(), now: this.options.now() });
    const { name } = change.object.metadata;
    assertSecret(`${kind} ${JSON.stringify(name)}`, secret);
    return this.#write(
      async (tx) => {
        await this.#assertFree(tx, kind, name);
        return { change, secret };
      },
      kind === 'Event' ? 'observed' : 'promised',
    );
  }

  async update<K extends Kind>(kind: K, object: KindMap[K]): Promise<KindMap[K]> {
    return this.#change(kind, object.metadata.name, (stored) => updated(stored, object));
  }

  async rename<K extends Kind>(kind: K, object: KindMap[K], name: string): Promise<KindMap[K]> {
    return this.#write(async (tx) => {
      const stored = await this.#existing(tx, kind, object.metadata.name);
      const change = renamed(stored, object, name);
      if (name !== stored.metadata.name) await this.#assertFree(tx, kind, name);
      return { change };
    });
  }

  async updateStatus<K extends Kind>(kind: K, object: KindMap[K]): Promise<KindMap[K]> {
    return this.#change(kind, object.metadata.name, (stored) => statusUpdated(stored, object), 'observed');
  }

  async delete(kind: Kind, name: string, options: DeleteOptions = {}): Promise<void> {
    await this.#write(async (tx) => {
      const stored = await this.#select(tx, kind, name);
      return { change: stored && deleted(stored, this.options.now(), options) };
    });
  }

  async *watch<K extends Kind>(kind: K, { resourceVersion, signal }: WatchOptions): AsyncGenerator<WatchEvent<K>, void, undefined> {
    let position = parseResourceVersion(resourceVersion);
    const stopPolling = this.#poll.start();
    const unlink = onAbort(signal, () => this.#bell.stir());
    try {
      while (!this.#isOver(signal)) {
        const { rings } = this.#bell;
        const page = this.#recentPage(kind, position) ?? (await this.#storedPage(kind, position));
        for (const event of page.events) {
          if (this.#isOver(signal)) return;
          yield event;
        }
        position = page.position;
        await this.#untilMore(page, rings, signal);
      }
    } finally {
      unlink();
      stopPolling();
    }
  }

  /** A long replay gives way to others after each page. */
  async #untilMore({ last }: { last: boolean }, rings: number, signal: AbortSignal | undefined): Promise<void> {
    if (!last) await setImmediate();
    else if (!this.#isOver(signal)) await this.#bell.heardSince(rings);
  }

  async secret(uid: string): Promise<string | undefined> {
    const row = await this.#query((db) => db.selectFrom('secrets').select('value').where('uid', '=', uid).executeTakeFirst());
    return row?.value;
  }

  async wasDeleted(uid: string): Promise<boolean> {
    return this.#query((db) => isDeletionKnown(db, uid));
  }

  async activity(): Promise<StoredActivity> {
    return this.#read(readActivity);
  }

  async saveActivity(activity: StoredActivity): Promise<void> {
    await this.#transaction((tx) => writeActivity(tx, activity));
  }

  async wasSearched(): Promise<boolean> {
    return this.#read(async (tx) => (await readMeta(tx, 'searched')) === 1);
  }

  async markSearched(): Promise<void> {
    await this.#transaction((tx) => tx.updateTable('meta').set({ value: 1 }).where('key', '=', 'searched').execute());
  }

  async compact(keep: number): Promise<number> {
    if (!Number.isInteger(keep) || keep < 0) throw new RangeError(`keep must be a whole number of changes, not ${keep}`);
    const pruned = await this.#transaction((tx) => pruneEvents(tx, this.options.now()));
    const forgotten = await this.#transaction(async (tx) => {
      await compactDeletions(tx);
      return compactChanges(tx, keep);
    });
    if (pruned + forgotten > 0) this.#changedInFile();
    return forgotten;
  }

  async ping(): Promise<void> {
    // It takes the write lock and reads, but writes nothing: at rest the disk stays quiet.
    await this.#transaction((tx) => readMeta(tx, 'resource_version'));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#bell.ring();
    await this.#writes.idle();
    // The one connection is free once what was begun has ended; then the file holds all of it, and the log beside it is empty.
    await sql`pragma wal_checkpoint(truncate)`.execute(this.db).catch((err: unknown) => {
      this.options.logger?.warn({ err }, 'the write-ahead log was left beside the store; the next start reads it');
    });
    await this.db.destroy();
  }

  #isOver(signal: AbortSignal | undefined): boolean {
    return this.#closing !== undefined || signal?.aborted === true;
  }

  /** Some of the changes after a position, where this process has just committed them. */
  #recentPage<K extends Kind>(kind: K, position: number): EventPage<K> | undefined {
    const changes = this.#recent.after(position, PAGE);
    return changes && { events: recentEvents(kind, changes), position: position + changes.length, last: changes.length < PAGE };
  }

  async #storedPage<K extends Kind>(kind: K, after: number): Promise<EventPage<K>> {
    const { changes, position, last } = await this.#read((tx) => readChanges(tx, kind, after, PAGE));
    return { events: storedEvents(kind, changes), position, last };
  }

  #select<K extends Kind>(db: Kysely<Tables>, kind: K, name: string): Promise<KindMap[K] | undefined> {
    return selectObject(db, kind, name, (resourceVersion) => this.#recent.at(resourceVersion));
  }

  async #existing<K extends Kind>(db: Kysely<Tables>, kind: K, name: string): Promise<KindMap[K]> {
    const stored = await this.#select(db, kind, name);
    if (stored === undefined) throw new NotFoundError(`There is no ${kind} ${JSON.stringify(name)}.`);
    return stored;
  }

  async #assertFree(db: Kysely<Tables>, kind: Kind, name: string): Promise<void> {
    const existing = await this.#select(db, kind, name);
    if (existing !== undefined) throw alreadyExists(existing);
  }

  /** Reads the object, decides, and writes the decision, all in one transaction. */
  #change<K extends Kind>(kind: K, name: string, decide: (stored: StoredObject) => Decision, durability?: Durability): Promise<KindMap[K]> {
    return this.#write(async (tx) => {
      const stored = await this.#existing(tx, kind, name);
      return { change: decide(stored), stored };
    }, durability);
  }

  /** Answers the object as it is now. */
  async #write<T extends StoredObject>(
    decide: (tx: Transaction<Tables>) => Promise<Decided>,
    durability: Durability = 'promised',
  ): Promise<T> {
    this.#assertOpen();
    const startedAt = performance.now();
    const seconds = (): number => (performance.now() - startedAt) / 1000;
    try {
      const { object } = await this.#writes.run(decide, durability);
      this.options.onWrite?.({ seconds: seconds() });
      return object as T;
    } catch (error) {
      this.options.onWrite?.({ seconds: seconds(), error });
      throw error;
    }
  }

  #committed(written: readonly Written[]): void {
    const changes = written.flatMap(({ change }) => change ?? []);
    if (changes.length === 0) return;
    this.#recent.add(changes);
    this.#bell.ring();
  }

  /** Not by a write of one object here: only the file tells what. */
  #changedInFile(): void {
    this.#recent.clear();
    this.#bell.ring();
  }

  async #transaction<T>(run: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
    return retryWhileBusy(async () => {
      this.#assertOpen();
      return this.db.transaction().execute(run);
    });
  }

  /** One snapshot, which waits for no writer of another process. */
  async #read<T>(run: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
    return retryWhileBusy(async () => {
      this.#assertOpen();
      return this.db.transaction().setAccessMode('read only').execute(run);
    });
  }

  /** Statements of which each stands alone: no two need a common snapshot. */
  async #query<T>(run: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    return retryWhileBusy(async () => {
      this.#assertOpen();
      return run(this.db);
    });
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new ClosedError('The store was closed.');
  }

  async #dataVersion(): Promise<number> {
    const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(this.db);
    return rows[0]?.data_version ?? 0;
  }
}

/** What a write does, or nothing, and leaves the object as it is stored. */
interface Decided {
  change?: Change | undefined;
  secret?: string | undefined;
  stored?: StoredObject;
}

/** What a write did; `object` is undefined where there is none. */
interface Written {
  change?: Change;
  object?: StoredObject | undefined;
}

class DecisionWriter implements Writer<Decided, Written> {
  readonly #changes: ChangeWriter;

  constructor(private readonly tx: Transaction<Tables>) {
    this.#changes = new ChangeWriter(tx);
  }

  async carryOut({ change: wanted, secret, stored }: Decided): Promise<Written> {
    if (wanted === undefined) return { object: stored };
    const change = await this.#changes.write(wanted);
    const { uid } = change.object.metadata;
    if (secret !== undefined) await this.tx.insertInto('secrets').values({ uid, value: secret }).execute();
    return { change, object: change.object };
  }

  finish(): Promise<void> {
    return this.#changes.finish();
  }
}

interface EventPage<K extends Kind> {
  events: Iterable<WatchEvent<K>>;
  /** After the last one. */
  position: number;
  /** Whether there were no more. */
  last: boolean;
}

function* recentEvents<K extends Kind>(kind: K, changes: readonly Change[]): Iterable<WatchEvent<K>> {
  for (const { type, object } of changes) {
    if (object.kind === kind) yield { type, kind, object: object as KindMap[K], resourceVersion: object.metadata.resourceVersion };
  }
}

function* storedEvents<K extends Kind>(kind: K, rows: ChangePage['changes']): Iterable<WatchEvent<K>> {
  for (const { type, json, resource_version } of rows) {
    yield { type, kind, object: readObject(kind, json), resourceVersion: String(resource_version) };
  }
}

function alreadyExists({ kind, metadata }: StoredObject): AlreadyExistsError {
  const going = metadata.deletionTimestamp === undefined ? '' : ' and is being deleted';
  return new AlreadyExistsError(`There is a ${kind} ${JSON.stringify(metadata.name)} already (uid ${metadata.uid})${going}.`);
}

function assertSecret(what: string, secret: string | undefined): void {
  if (secret === undefined || /^[\x21-\x7e]+$/.test(secret)) return;
  throw invalidObject(what, [{ path: 'secret', message: 'must consist of visible ASCII characters, at least one' }]);
}

function parseResourceVersion(resourceVersion: string): number {
  if (/^\d{1,15}$/.test(resourceVersion)) return Number(resourceVersion);
  const message = `must be one that the store gave, not ${JSON.stringify(resourceVersion)}`;
  throw new InvalidError(`resourceVersion ${message}.`, [{ path: 'resourceVersion', message }]);
}
