import { type CacheEvent, hasDoneItsWork, POOL_LABEL, type Session } from '@mooring/resources';

/** Sessions that run, or are to; as many as come where a limit is missing. */
export interface SessionLimits {
  perPerson?: number;
  /** Of all people together. */
  inAll?: number;
}

/** After so many ms a cache has heard of a write, or has listed everything anew. */
const HEARD_OF_MS = 30_000;

interface Place {
  owner: string;
  /** Of the session that has it; undefined while it is only held. */
  uid: string | undefined;
  /** Writes under way that may make its session. */
  holders: number;
}

/** Whether a session takes a place: it is to run and has not done its work, nobody has asked for its end, and it waits in no pool for somebody. */
export const takesPlace = ({ metadata, spec, status }: Pick<Session, 'metadata' | 'spec' | 'status'>): boolean =>
  spec.running &&
  metadata.deletionTimestamp === undefined &&
  metadata.labels[POOL_LABEL] === undefined &&
  !hasDoneItsWork({ spec, status });

const versionOf = ({ metadata }: Session): number => Number(metadata.resourceVersion);

/**
 * The places that are taken, by the sessions' names: of sessions as the cache has them, of those that were written a moment ago, and of those
 * that are being written. So two who come at once can't both get the last one.
 */
export class Places {
  readonly #byName = new Map<string, Place>();
  /** By uid: under which name it has its place, as of which version, and when that was noted (ms). */
  readonly #sessions = new Map<string, { name: string; version: number; at: number }>();

  constructor(private readonly now: () => number) {}

  get taken(): number {
    return this.#byName.size;
  }

  /** Whose place a session of this name has, or would get; undefined where it would be one more. */
  ownerOf(name: string): string | undefined {
    return this.#byName.get(name)?.owner;
  }

  takenBy(owner: string): number {
    let count = 0;
    for (const place of this.#byName.values()) if (place.owner === owner) count += 1;
    return count;
  }

  /** Keeps a place for a session that is about to be written, until `release`. */
  hold(name: string, owner: string): void {
    const place = this.#byName.get(name) ?? { owner, uid: undefined, holders: 0 };
    place.holders += 1;
    this.#byName.set(name, place);
  }

  release(name: string): void {
    const place = this.#byName.get(name);
    if (place === undefined) return;
    place.holders -= 1;
    this.#clear(name, place);
  }

  /** What a cache tells. */
  readonly follow = ({ type, object }: CacheEvent<'Session'>): void => {
    if (type === 'DELETED') this.#vacate(object.metadata.uid);
    else this.note(object);
  };

  /** A session as it is by now; one that is older than what is known of it says nothing. */
  note(session: Session): void {
    const { name, uid } = session.metadata;
    const known = this.#sessions.get(uid);
    if (known !== undefined && known.version > versionOf(session)) return;
    if (known !== undefined && (known.name !== name || !takesPlace(session))) this.#vacate(uid);
    if (!takesPlace(session)) return;
    const place = this.#byName.get(name) ?? { owner: '', uid, holders: 0 };
    this.#byName.set(name, Object.assign(place, { owner: session.spec.owner.name, uid }));
    this.#sessions.set(uid, { name, version: versionOf(session), at: this.now() });
  }

  /** A session that was written and went while the cache had lost its watch is told by nobody: whatever the cache should have by now, and hasn't, is gone. */
  forgetLost(has: (uid: string, name: string) => boolean): void {
    const earlier = this.now() - HEARD_OF_MS;
    for (const [uid, { name, at }] of [...this.#sessions]) if (at < earlier && !has(uid, name)) this.#vacate(uid);
  }

  #vacate(uid: string): void {
    const known = this.#sessions.get(uid);
    if (known === undefined) return;
    this.#sessions.delete(uid);
    const place = this.#byName.get(known.name);
    // Another session may have the name, and so the place, by now.
    if (place?.uid !== uid) return;
    place.uid = undefined;
    this.#clear(known.name, place);
  }

  #clear(name: string, { uid, holders }: Place): void {
    if (uid === undefined && holders === 0) this.#byName.delete(name);
  }
}
