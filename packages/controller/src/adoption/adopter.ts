import { RancherError, type Service } from '@mooring/rancher-client';
import { AlreadyExistsError, ConflictError, type ObjectCache, POOL_OWNER, type Session, type Store } from '@mooring/resources';
import type { Logger } from 'pino';
import type { RouteTable } from '../routes/table.js';
import { backoffDelay } from '../runtime/backoff.js';
import { type Clock, pause } from '../runtime/clock.js';
import { isLeaving } from '../sessions/observed.js';
import type { RancherGateway } from '../sessions/rancher-gateway.js';
import type { SeenService } from '../sessions/seen.js';
import { serviceMarkSchema } from '../sessions/service-mark.js';
import { decideAdoption } from './decide.js';
import { findSession, foundRoute, servingContainer } from './found.js';
import type { Rebuilt } from './rebuild.js';
import type { Stray, Strays } from './strays.js';

export interface AdopterOptions {
  store: Store;
  sessions: ObjectCache<'Session'>;
  gateway: RancherGateway;
  /** The services of our stack as last listed. */
  services: () => Iterable<SeenService>;
  table: RouteTable;
  strays: Strays;
  clock: Clock;
  log: Logger;
}

/** `later`: it could not be told, or something has to go first. */
type Outcome = 'done' | 'later';

/** Rancher refuses us, or so many questions, and says nothing about the service. */
const NOT_NOW = new Set([401, 403, 429]);
const AGAIN = { baseMs: 100, maxMs: 30_000 };
/** For the cache to take in what was written. */
const SEEN_MS = 5000;

/** Gives services of ours whose Session has no record one again. Nothing is done at Rancher. */
export class Adopter {
  #running: Promise<void> | undefined;

  constructor(private readonly options: AdopterOptions) {}

  /** Resolves once everything that was listed has a record or is a known stray, or the signal aborts. One pass at a time. */
  run(signal: AbortSignal): Promise<void> {
    this.#running ??= this.#untilDone(signal).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Resolves when no pass is under way. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #untilDone(signal: AbortSignal): Promise<void> {
    for (let tries = 1; !signal.aborted; tries++) {
      if (await this.#pass()) return;
      await pause(this.options.clock, backoffDelay(tries, AGAIN), signal);
    }
  }

  /** Answers whether nothing is left to be done. */
  async #pass(): Promise<boolean> {
    const unknown = this.#withoutRecord();
    this.options.strays.keepOnly(new Set([...unknown.values()].flat()));
    const outcomes = await Promise.all([...unknown].map(([uid, ids]) => this.#look(uid, ids)));
    return outcomes.every((outcome) => outcome === 'done');
  }

  /** The ids of services by the uid of a Session that there is no record of. */
  #withoutRecord(): Map<string, string[]> {
    const unknown = new Map<string, string[]>();
    for (const service of this.options.services()) {
      const uid = service.sessionUid;
      if (uid === undefined || isLeaving(service) || this.options.sessions.byUid(uid)) continue;
      unknown.set(uid, [...(unknown.get(uid) ?? []), service.id]);
    }
    return unknown;
  }

  async #look(uid: string, ids: readonly string[]): Promise<Outcome> {
    try {
      const [service, ...doubles] = await this.#withNamesake(uid, await this.#read(ids));
      return service ? await this.#settle(uid, service, doubles) : 'done';
    } catch (error) {
      if (error instanceof RancherError && error.status < 500 && !NOT_NOW.has(error.status)) {
        this.#report({ id: ids[0] ?? '', name: uid }, { reason: 'unreadable', message: error.message });
        return 'done';
      }
      // Somebody else wrote first: look again.
      if (!(error instanceof ConflictError || error instanceof AlreadyExistsError))
        this.options.log.warn({ err: error, service: ids[0] }, 'a service without a record could not be adopted yet');
      return 'later';
    }
  }

  /**
   * Of several, first what is somebody's, since a copy may be from before it was claimed; then the one that serves under its session's name. The
   * loop removes the others. Lists may be old: what is going by now isn't there.
   */
  async #read(ids: readonly string[]): Promise<Service[]> {
    const found: Service[] = [];
    for (const id of ids) {
      const service = await this.options.gateway.readWhole(id);
      if (service && !service.removed && !isLeaving(service)) found.push(service);
    }
    const rank = (service: Service): number =>
      (isUnclaimed(service) ? 3 : 0) + (servingContainer(service) ? (hasItsName(service) ? 0 : 1) : 2);
    return found.sort((a, b) => rank(a) - rank(b));
  }

  /** Before what has another name is adopted: a list may have left out the one that has its session's. */
  async #withNamesake(uid: string, found: readonly Service[]): Promise<readonly Service[]> {
    const [first] = found;
    const name = first && sessionOf(first);
    if (name === undefined || first?.name === name) return found;
    const namesakes = (await this.options.gateway.findByName(name)).filter(({ sessionUid }) => sessionUid === uid);
    const missed = namesakes.filter(({ id }) => !found.some((service) => service.id === id));
    return missed.length === 0 ? found : this.#read([...missed, ...found].map(({ id }) => id));
  }

  async #settle(uid: string, service: Service, doubles: readonly Service[]): Promise<Outcome> {
    const { store } = this.options;
    const rebuilt = findSession(service, new Date(this.options.clock.now()));
    const holder = 'problem' in rebuilt ? undefined : await store.get('Session', rebuilt.draft.metadata.name);
    // The cache was behind.
    if (holder?.metadata.uid === uid) return 'done';
    const decision = decideAdoption(rebuilt, { deleted: await store.wasDeleted(uid), holder });
    switch (decision.type) {
      case 'adopt':
        await this.#adopt(decision.session, service);
        return 'done';
      case 'makeRoom':
        await this.#makeRoom(decision.holder);
        return 'later';
      case 'wait':
        return 'later';
      case 'stray':
        for (const stray of [service, ...doubles]) this.#report(stray, decision);
        return 'done';
    }
  }

  #report({ id, name }: Pick<Service, 'id' | 'name'>, { reason, message }: Pick<Stray, 'reason' | 'message'>): void {
    this.options.strays.report({ id, name, reason, message }, this.options.log);
  }

  /** Only as it was seen: one that has a service by now stays. */
  #makeRoom({ metadata: { name, uid, resourceVersion } }: Session): Promise<void> {
    return this.options.store.delete('Session', name, { uid, resourceVersion });
  }

  /** The route is laid before anybody can miss it: the loop needs a moment to come to it. */
  async #adopt({ draft, uid, secret }: Exclude<Rebuilt, { problem: string }>, service: Service): Promise<void> {
    const { store, sessions, table, log } = this.options;
    const { name } = draft.metadata;
    const session = await store.create('Session', draft, { uid, ...(secret !== undefined && { secret }) });
    const route = foundRoute(session, secret);
    if (route) table.set(route);
    log.info({ session: name, service: service.id }, 'a service without a record was adopted: its session goes on');
    await sessions.waitFor(name, ({ metadata }) => metadata.uid === uid, { timeoutMs: SEEN_MS });
  }
}

/** The name of the session that a service says it is. */
const sessionOf = ({ metadata }: Service): string | undefined => serviceMarkSchema.safeParse(metadata.mooring).data?.session;
const isUnclaimed = ({ metadata }: Service): boolean => serviceMarkSchema.safeParse(metadata.mooring).data?.owner === POOL_OWNER;
/** What was copied by hand says whose it is as well, and is called otherwise. */
const hasItsName = (service: Service): boolean => sessionOf(service) === service.name;
