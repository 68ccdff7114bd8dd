import { isDeepStrictEqual } from 'node:util';
import { ConflictError, NotFoundError, type ObjectCache, type Session } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Asker } from '../routes/prober.js';
import type { RouteTable } from '../routes/table.js';
import type { Clock } from '../runtime/clock.js';
import { type Result, TerminalError } from '../runtime/controller.js';
import { type Act, apply, type Hands, troubleOf } from './apply.js';
import { describe } from './describe.js';
import { lookDelay, type Remembered, type SessionMemory } from './memory.js';
import type { ReadyObserver } from './metrics.js';
import { type Observed, type ProbeResult, runningContainer } from './observed.js';
import { plan, type Step, wantsRoute } from './plan.js';
import { askContainer, askRoute, type RouteCheck } from './probes.js';

export interface SessionReconcilerOptions extends Hands {
  sessions: ObjectCache<'Session'>;
  memory: SessionMemory;
  table: RouteTable;
  prober: Asker;
  routeCheck: RouteCheck;
  clock: Clock;
  /** Called once each time a Session that was not ready has become so. */
  onReady?: ReadyObserver;
}

/** A process answers a moment after its start, and Traefik takes a route over within one: asking costs little. */
const FIRST_PROBE_MS = 15;
/** Rancher tells by an event, at once or after a second; it takes 0.2 to 0.7 s for a state (recordings). */
const FIRST_READ_MS = 250;
/** Traefik fetches the document every 100 ms to some seconds; this is only for when it doesn't. */
const UNTIL_SERVED_MS = 5000;
/** Somebody else wrote first: what they wrote comes by the watch. */
const AFTER_CONFLICT_MS = 15;
/** A container that takes longer to answer may have ended instead: from then on Rancher is asked along with it. */
const MAY_HAVE_ENDED_MS = 1000;
/** Where labels are the routes, a route goes when its service does, and not before. */
const LEFT_TO_LABELS: ProbeResult = { ok: false, detail: 'Traefik takes the route away together with the service' };
const NOW: Result = { requeueAfterMs: 0 };

/** Moves one Session one step on: observe, decide, write down, act. */
export class SessionReconciler {
  constructor(private readonly options: SessionReconcilerOptions) {}

  readonly reconcile = async (name: string, log: Logger): Promise<Result | undefined> => {
    const cached = this.options.sessions.get(name);
    if (!cached) return this.#gone(name);
    const memory = this.options.memory.of(cached.metadata);
    const session = newest(cached, memory.written);
    const observed = await this.#observe(session, memory);
    const step = plan(session, observed);
    if (doesWell(step)) observed.trouble = memory.trouble = undefined;
    const written = await this.#record(session, observed, memory);
    if (!written) return { requeueAfterMs: AFTER_CONFLICT_MS };
    this.#measure(written, memory);
    log.debug({ step: step.type, phase: written.status.phase }, 'planned');
    return this.#do(step, written, memory);
  };

  /** Nothing has the name: what had it is gone, or has another. */
  #gone(name: string): undefined {
    const { memory, sessions, table } = this.options;
    const uid = memory.release(name);
    if (uid === undefined || sessions.byUid(uid)) return;
    table.delete(uid);
    memory.forget(uid);
  }

  async #observe(session: Session, memory: Remembered): Promise<Observed> {
    const isDue = memory.readAt !== undefined && this.options.clock.now() >= memory.readAt;
    let sure = isDue ? await this.#readBack(session, memory) : true;
    let observed = this.#current(session, memory);
    // An event or a list that is wrong, partial or late takes nobody's route away: what serves no more was asked for by its id.
    if (!isDue && this.#losesContainer(session, observed)) {
      sure = await this.#readBack(session, memory);
      observed = this.#current(session, memory);
    }
    if (sure || !this.#losesContainer(session, observed)) await this.#layRoute(session, observed, memory);
    return observed;
  }

  /** Asks Rancher for what an event may tell late or never; answers whether it could be asked. */
  async #readBack(session: Session, memory: Remembered): Promise<boolean> {
    memory.readAt = undefined;
    try {
      await this.options.view.readBack(session);
      memory.trouble = undefined;
      return true;
    } catch (error) {
      memory.trouble = troubleOf(error);
      return false;
    }
  }

  #current(session: Session, memory: Remembered): Observed {
    const services = this.options.view.services(session);
    const run = runningContainer(services[0])?.run;
    if (memory.run !== run) {
      memory.run = run;
      memory.reach = undefined;
    }
    return { services, reach: memory.reach, routed: memory.routed, trouble: memory.trouble };
  }

  #losesContainer({ metadata, spec }: Session, observed: Observed): boolean {
    const isToRun = spec.running && !metadata.deletionTimestamp;
    return isToRun && this.options.table.has(metadata.uid) && !runningContainer(observed.services[0]);
  }

  /** The table follows what is wanted; what was known of the old route says nothing of the new one. */
  async #layRoute(session: Session, observed: Observed, memory: Remembered): Promise<void> {
    const { table, store } = this.options;
    const { name, uid } = session.metadata;
    const container = runningContainer(observed.services[0]);
    let changed: boolean;
    if (wantsRoute(session, observed) && container && session.spec.route.type === 'cookie') {
      const secret = table.get(uid)?.secret ?? (await store.secret(uid));
      if (secret === undefined) throw new TerminalError(`the session ${name} has no secret to route by`);
      changed = table.set({ uid, route: session.spec.route, secret, address: { ip: container.ip, port: session.spec.launch.port } });
    } else {
      changed = table.delete(uid);
    }
    if (changed) {
      memory.routed = undefined;
      observed.routed = undefined;
    }
  }

  /** Writes the status where it says something new; undefined where somebody else wrote first, or the Session is gone. */
  async #record(session: Session, observed: Observed, memory: Remembered): Promise<Session | undefined> {
    const status = describe(session, observed, new Date(this.options.clock.now()));
    if (isDeepStrictEqual(status, session.status)) return session;
    try {
      memory.written = await this.options.store.updateStatus('Session', { ...session, status });
      return memory.written;
    } catch (error) {
      if (error instanceof ConflictError || error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  #do(step: Step, session: Session, memory: Remembered): Promise<Result | undefined> | Result | undefined {
    switch (step.type) {
      case 'settled':
        memory.readAt = undefined;
        memory.waiting = undefined;
        return undefined;
      case 'wait':
        return this.#waitForRancher(`${step.for} ${session.status.service?.state}`, memory);
      case 'probe':
        return this.#probe(session, step.container, memory);
      case 'confirmRoute':
        return this.#confirmRoute(session, step.live, memory);
      default:
        return this.#act(step, session, memory);
    }
  }

  async #act(step: Act, session: Session, memory: Remembered): Promise<Result> {
    try {
      await apply(step, session, this.options);
      memory.trouble = undefined;
      return NOW;
    } catch (error) {
      if (error instanceof ConflictError) return { requeueAfterMs: AFTER_CONFLICT_MS };
      memory.trouble = troubleOf(error);
      throw error;
    }
  }

  /** An event ends the wait; but for one that is late or lost, the service is read when `readAt` comes. */
  #waitForRancher(what: string, memory: Remembered): Result {
    const now = this.options.clock.now();
    memory.readAt = Math.min(memory.readAt ?? Number.POSITIVE_INFINITY, now + lookDelay(memory, what, now, FIRST_READ_MS));
    return { requeueAfterMs: memory.readAt - now };
  }

  async #probe(session: Session, container: { ip: string }, memory: Remembered): Promise<Result> {
    memory.reach = await askContainer(this.options.prober, session, container.ip);
    if (memory.reach.ok) return NOW;
    const now = this.options.clock.now();
    const requeueAfterMs = lookDelay(memory, `${memory.run} to answer`, now, FIRST_PROBE_MS);
    if (now - (memory.waiting?.since ?? now) > MAY_HAVE_ENDED_MS) memory.readAt ??= now + requeueAfterMs;
    return { requeueAfterMs };
  }

  async #confirmRoute(session: Session, live: boolean, memory: Remembered): Promise<Result> {
    const { uid } = session.metadata;
    const { table, store, prober, routeCheck, clock } = this.options;
    const secret = table.get(uid)?.secret ?? (await store.secret(uid)) ?? '';
    // A document that nobody has fetched yet can't be live; the table says when it was.
    if (routeCheck.byDocument && !table.isServed(uid)) return { requeueAfterMs: UNTIL_SERVED_MS };
    memory.routed = live || routeCheck.byDocument ? await askRoute(prober, session, secret, routeCheck) : LEFT_TO_LABELS;
    if (memory.routed.ok === live) return NOW;
    return { requeueAfterMs: lookDelay(memory, `the route to be ${live ? 'live' : 'gone'}`, clock.now(), FIRST_PROBE_MS) };
  }

  #measure(session: Session, memory: Remembered): void {
    if (session.status.phase !== 'Ready') {
      memory.since ??= this.options.clock.now();
    } else if (memory.since !== undefined) {
      this.options.onReady?.(memory.since, session.status.conditions);
      memory.since = undefined;
    }
  }
}

/** What went wrong with Rancher before doesn't matter any more: the container runs, or nothing is wanted. */
const doesWell = ({ type }: Step): boolean => type === 'settled' || type === 'probe' || type === 'confirmRoute';

/** The cache hears of our own writes a moment later: what we wrote last is what counts until then. */
function newest(cached: Session, written: Session | undefined): Session {
  if (written?.metadata.uid !== cached.metadata.uid) return cached;
  return Number(written.metadata.resourceVersion) > Number(cached.metadata.resourceVersion) ? written : cached;
}
