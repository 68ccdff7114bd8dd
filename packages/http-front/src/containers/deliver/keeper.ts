import type { CacheEvent, ObjectCache, Session, Store } from '@mooring/resources';
import { recordEvent } from '@mooring/resources';
import type { Logger } from 'pino';
import type { JobFiles } from '../jobs/job-files.js';
import { CONTAINER_LABEL, idOf, isContainer } from '../names.js';
import { filesCode } from '../ports/container-files.js';
import { type DeliverParts, deliver } from './deliver.js';

export interface KeeperOptions {
  store: Store;
  sessions: Pick<ObjectCache<'Session'>, 'list' | 'labelled' | 'subscribe' | 'byUid'>;
  jobs: JobFiles;
  parts: Omit<DeliverParts, 'signal' | 'find'>;
  /** Is kept up to date: by uid, why a container that runs has not been given its script yet. */
  waits: Map<string, string>;
  /** In ms since the epoch. */
  now: () => number;
  logger: Logger;
}

/** So many containers are filled at the same time. */
const AT_ONCE = 4;
const RETRY_MS = { first: 100, max: 2_000 };
const LOOK_EVERY_MS = 1_000;

const runs = ({ metadata, spec, status }: Session): boolean =>
  metadata.deletionTimestamp === undefined && spec.running && status.container?.state === 'running';

/** Brings to each container what it waits for, deletes those whose time is over, and cleans up after those that are gone. */
export class Keeper {
  /** By uid: the container that is done with, and until when (ms) is waited with one that could not be filled. */
  readonly #done = new Map<string, string>();
  readonly #later = new Map<string, { until: number; tries: number }>();
  readonly #queue = new Set<string>();
  readonly #working = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;

  constructor(private readonly options: KeeperOptions) {
    this.#unsubscribe = options.sessions.subscribe((event) => this.#heard(event));
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Forgets what belongs to containers that went while nobody looked. To be called when the sessions are known. */
  async start(): Promise<void> {
    const { jobs, sessions } = this.options;
    const known = new Set(sessions.labelled(CONTAINER_LABEL).map(idOf));
    for (const id of await jobs.ids()) if (!known.has(id)) await jobs.remove(id);
    this.#look();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#unsubscribe();
    this.#ending.abort();
    await Promise.all(this.#working);
  }

  #heard({ type, object }: CacheEvent<'Session'>): void {
    if (!isContainer(object)) return;
    const { uid } = object.metadata;
    if (type === 'DELETED') {
      for (const each of [this.#done, this.#later, this.#queue, this.options.waits]) each.delete(uid);
      this.#track(this.options.jobs.remove(idOf(object)));
    } else this.#want(object);
  }

  #look(): void {
    for (const session of this.options.sessions.labelled(CONTAINER_LABEL)) {
      this.#want(session);
      const { creationTimestamp, deletionTimestamp } = session.metadata;
      const { ttlSeconds } = session.spec;
      const isOver = ttlSeconds !== undefined && this.options.now() >= Date.parse(creationTimestamp) + ttlSeconds * 1000;
      if (isOver && deletionTimestamp === undefined) this.#track(this.#expire(session));
    }
  }

  #want(session: Session): void {
    const { uid } = session.metadata;
    if (!runs(session) || this.#done.get(uid) === session.status.container?.id) return;
    if ((this.#later.get(uid)?.until ?? 0) > this.options.now()) return;
    this.#queue.add(uid);
    this.#work();
  }

  #work(): void {
    while (this.#working.size < AT_ONCE && !this.#ending.signal.aborted) {
      const [uid] = this.#queue;
      if (uid === undefined) return;
      this.#queue.delete(uid);
      const session = this.options.sessions.byUid(uid);
      const container = session?.status.container?.id;
      if (!session || container === undefined) continue;
      // Done with, until it is seen otherwise: nobody else takes it meanwhile.
      this.#done.set(uid, container);
      this.#track(this.#fill(session, container));
    }
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((err: unknown) => {
        if (!this.#ending.signal.aborted) this.options.logger.warn({ err }, 'a container could not be looked after');
      })
      .finally(() => {
        this.#working.delete(tracked);
        this.#work();
      });
    this.#working.add(tracked);
  }

  async #fill(session: Session, container: string): Promise<void> {
    const { jobs, parts, waits, logger } = this.options;
    const { uid } = session.metadata;
    try {
      const id = idOf(session);
      const job = (await jobs.delivery(id))?.container === container ? undefined : await jobs.load(id);
      if (!job) return;
      const find = (owner: string, name: string) => this.#find(owner, name);
      const outcome = await deliver({ session, container, job }, { ...parts, signal: this.#ending.signal, find });
      if (outcome.kind === 'waiting')
        return this.#tryLater(uid, `It waits for your container ${JSON.stringify(outcome.for)}, which its environment names, to run.`);
      this.#later.delete(uid);
      waits.delete(uid);
      if (outcome.kind === 'failed') await this.#tellFailure(session, outcome.why);
      await jobs.noteDelivery(id, { container, outcome: outcome.kind, message: outcome.kind === 'failed' ? outcome.why : '' });
    } catch (err) {
      if (!this.#ending.signal.aborted)
        logger.warn({ err, session: session.metadata.name }, 'a container could not be given its script yet');
      const { message } = err as Error;
      this.#tryLater(uid, `It could not be given its script yet, which is tried again${filesCode(err) ? `: ${message}` : ''}.`);
    }
  }

  #tryLater(uid: string, why: string): void {
    // Deleted meanwhile: nobody would forget it a second time.
    if (this.options.sessions.byUid(uid) === undefined) return;
    this.options.waits.set(uid, why);
    const tries = (this.#later.get(uid)?.tries ?? 0) + 1;
    const wait = Math.min(RETRY_MS.max, RETRY_MS.first * 2 ** tries);
    this.#later.set(uid, { until: this.options.now() + wait, tries });
    this.#done.delete(uid);
  }

  #find(owner: string, name: string) {
    const found = this.options.sessions
      .labelled(CONTAINER_LABEL)
      .find(({ metadata, spec }) => spec.owner.name === owner && metadata.labels[CONTAINER_LABEL] === name);
    const { address } = found?.status ?? {};
    return found && address && runs(found) ? { ip: address.ip, ports: found.spec.launch.ports ?? [] } : undefined;
  }

  async #tellFailure(session: Session, why: string): Promise<void> {
    await recordEvent(this.options.store, session, {
      type: 'Warning',
      reason: 'DeliveryFailed',
      note: why,
      reportingController: 'containers',
    });
  }

  async #expire(session: Session): Promise<void> {
    const { name, uid } = session.metadata;
    const note = `Its ${session.spec.ttlSeconds} seconds are over: it is deleted.`;
    await recordEvent(this.options.store, session, { reason: 'Expired', note, reportingController: 'containers' });
    await this.options.store.delete('Session', name, { uid });
  }
}
