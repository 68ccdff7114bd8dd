import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  AlreadyExistsError,
  type CacheEvent,
  ConflictError,
  type CreateOptions,
  type DeleteOptions,
  type Draft,
  NotFoundError,
  type Session,
  type Store,
  sessionSchema,
} from '@mooring/resources';
import { noteSecret } from '../../../../leaks/watch.js';

type Listener = (event: CacheEvent<'Session'>) => void;

/** Sessions in memory, with what the front uses of a store and of a cache that is never behind. */
export class MemoryStore {
  readonly #sessions = new Map<string, Session>();
  readonly #secrets = new Map<string, string>();
  readonly #listeners = new Set<Listener>();
  #version = 0;
  /** What was recorded as Events. */
  readonly events: Draft<'Event'>[] = [];
  /** Called before each write, to let a test do something in between. */
  beforeWrite: () => void = () => {};

  readonly cache = {
    get: (name: string) => this.#sessions.get(name),
    byUid: (uid: string) => this.all().find(({ metadata }) => metadata.uid === uid),
    list: () => this.all(),
    labelled: (label: string) => this.all().filter(({ metadata }) => label in metadata.labels),
    subscribe: (listener: Listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };

  asStore(): Store {
    return this as unknown as Store;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  all(): Session[] {
    return [...this.#sessions.values()];
  }

  async get(_kind: 'Session', name: string): Promise<Session | undefined> {
    return this.#sessions.get(name);
  }

  async create(kind: 'Session' | 'Event', draft: Draft<'Session'>, options: CreateOptions = {}): Promise<Session> {
    this.beforeWrite();
    if (kind === 'Event') {
      this.events.push(draft as unknown as Draft<'Event'>);
      return draft as unknown as Session;
    }
    if (this.#sessions.has(draft.metadata.name)) throw new AlreadyExistsError(`${draft.metadata.name} exists`);
    const metadata = { ...draft.metadata, uid: options.uid ?? randomUUID(), generation: 1, creationTimestamp: new Date(0).toISOString() };
    const session = this.#keep('ADDED', { ...draft, metadata } as unknown as Session);
    noteSecret(options.secret);
    if (options.secret !== undefined) this.#secrets.set(session.metadata.uid, options.secret);
    return session;
  }

  async update(_kind: 'Session', session: Session): Promise<Session> {
    this.beforeWrite();
    const stored = this.#sessions.get(session.metadata.name);
    if (stored === undefined) throw new NotFoundError('gone');
    if (stored.metadata.resourceVersion !== session.metadata.resourceVersion) throw new ConflictError('changed');
    const generation = stored.metadata.generation + (isDeepStrictEqual(stored.spec, session.spec) ? 0 : 1);
    return this.#keep('MODIFIED', { ...session, metadata: { ...session.metadata, generation } });
  }

  async rename(_kind: 'Session', session: Session, name: string): Promise<Session> {
    this.beforeWrite();
    if (this.#sessions.has(name)) throw new AlreadyExistsError(`${name} exists`);
    const stored = this.#sessions.get(session.metadata.name);
    if (stored === undefined) throw new NotFoundError('gone');
    if (stored.metadata.resourceVersion !== session.metadata.resourceVersion) throw new ConflictError('changed');
    this.#sessions.delete(session.metadata.name);
    const metadata = { ...session.metadata, name, generation: stored.metadata.generation + 1 };
    return this.#keep('MODIFIED', { ...session, metadata });
  }

  async delete(_kind: 'Session', name: string, { uid, annotations }: DeleteOptions = {}): Promise<void> {
    this.beforeWrite();
    const stored = this.#sessions.get(name);
    if (stored === undefined) return;
    if (uid !== undefined && stored.metadata.uid !== uid) throw new ConflictError('another');
    if (stored.metadata.deletionTimestamp !== undefined) return;
    this.change(name, ({ metadata }) => {
      metadata.deletionTimestamp = new Date(0).toISOString();
      Object.assign(metadata.annotations, annotations);
    });
  }

  async secret(uid: string): Promise<string | undefined> {
    return this.#secrets.get(uid);
  }

  /** Changes a session behind the front's back, as the controller would. */
  change(name: string, change: (session: Session) => void): Session {
    const copy = structuredClone(this.#sessions.get(name));
    if (copy === undefined) throw new Error(`no session ${name}`);
    change(copy);
    return this.#keep('MODIFIED', copy);
  }

  /** Lets a session be Ready, as the controller would once its route was seen live. */
  makeReady(name: string): Session {
    return this.change(name, (session) => {
      session.status.phase = 'Ready';
      session.status.observedGeneration = session.metadata.generation;
      session.status.conditions = ['ServiceCreated', 'ContainerRunning', 'Reachable', 'Routed', 'Ready'].map((type) => ({
        type,
        status: 'True' as const,
        reason: 'Seen',
        message: '',
        lastTransitionTime: new Date(0).toISOString(),
      }));
    });
  }

  /** Marks a session as one that nobody uses since `atMs`, as the controller would. */
  mark(name: string, atMs: number): Session {
    return this.change(name, ({ status }) => {
      const lastTransitionTime = new Date(atMs).toISOString();
      status.conditions = status.conditions.filter(({ type }) => type !== 'Marked');
      status.conditions.push({ type: 'Marked', status: 'True', reason: 'Idle', message: 'Nobody uses it.', lastTransitionTime });
    });
  }

  remove(name: string): void {
    const session = this.#sessions.get(name);
    if (session === undefined) return;
    this.#sessions.delete(name);
    this.#secrets.delete(session.metadata.uid);
    this.#tell('DELETED', session);
  }

  #keep(type: CacheEvent['type'], draft: Session): Session {
    this.#version += 1;
    const metadata = { ...draft.metadata, resourceVersion: String(this.#version) };
    const session = sessionSchema.parse({ ...draft, apiVersion: 'mooring.dev/v1', kind: 'Session', status: draft.status ?? {}, metadata });
    this.#sessions.set(session.metadata.name, session);
    this.#tell(type, session);
    return session;
  }

  #tell(type: CacheEvent['type'], object: Session): void {
    for (const listener of [...this.#listeners]) listener({ type, object });
  }
}
