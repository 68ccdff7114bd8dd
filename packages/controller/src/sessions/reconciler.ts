import { isDeepStrictEqual } from 'node:util';
import { ConflictError, NotFoundError, type ObjectCache, type Session } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Prober } from '../routes/prober.js';
import type { RouteTable } from '../routes/table.js';
import type { Clock } from '../runtime/clock.js';
import type { Result } from '../runtime/controller.js';
import { type Act, apply, type Hands, troubleOf } from './apply.js';
import { describe } from './describe.js';
import { lookDelay, type Remembered, type SessionMemory } from './memory.js';
import { type Observed, type ProbeResult, runningContainer } from './observed.js';
import { plan, type Step, wantsRoute } from './plan.js';
import { askContainer, askRoute, type RouteCheck } from './probes.js';

export interface SessionReconcilerOptions extends Hands {
  sessions: ObjectCache<'Session'>;
  memory: SessionMemory;
  table: RouteTable;
  prober: Prober;
  routeCheck: RouteCheck;
  clock: Clock;
  /** Called once each time a Session that was not ready has become so. */
  onReady?: (seconds: number) => void;
}

/** Traefik fetches the document every 100 ms to some seconds; this is only for when it doesn't. */
const UNTIL_SERVED_MS = 5000;
/** From this delay between two probes on. */
const ASK_RANCHER_TOO_MS = 100;
/** Somebody else wrote first: what they wrote comes by the watch. */
const AFTER_CONFLICT_MS = 15;
/** Where labels are the routes, a route goes when its service does, and not before. */
const LEFT_TO_LABELS: ProbeResult = { ok: false, detail: 'Traefik takes the route away together with the service' };
const NOW: Result = { requeueAfterMs: 0 };

/** Moves one Session one step on: observe, decide, write down, act. */
export class SessionReconciler {
  constructor(private readonly options: SessionReconcilerOptions) {}

  readonly reconcile = async (name: string, log: Logger): Promise<Result | undefined> => {
    const cached = this.options.sessions.get(name);
    if (!cached) return this.#gone(name);
    const memory = this.options.memory.of(name, cached.metadata.uid);
    const session = newest(cached, memory.written);
    if (memory.lookAgain) await this.#readBack(session);
    const observed = this.#observe(session, memory);
    await this.#layRoute(session, observed, memory);
    const step = plan(session, observed);
    const written = await this.#record(session, observed, memory);
    if (!written) return { requeueAfterMs: AFTER_CONFLICT_MS };
    this.#measure(written, memory);
    log.debug({ step: step.type, phase: written.status.phase }, 'planned');
    return this.#do(step, written, memory);
  };

  #gone(name: string): undefined {
    this.options.table.delete(name);
    this.options.memory.forget(name);
  }

  /** After an act of ours, an event may be a second late or never come: ask. */
  async #readBack(session: Session): Promise<void> {
    const { view } = this.options;
    const ids = view.services(session).map(({ id }) => id);
    for (const id of ids) await view.refresh(session, id);
  }

  #observe(session: Session, memory: Remembered): Observed {
    const services = this.options.view.services(session);
    const run = runningContainer(services[0])?.run;
    if (memory.run !== run) {
      memory.run = run;
      memory.reach = undefined;
    }
    return { services, reach: memory.reach, routed: memory.routed, trouble: memory.trouble };
  }

  /** The table follows what is wanted; what was known of the old route says nothing of the new one. */
  async #layRoute(session: Session, observed: Observed, memory: Remembered): Promise<void> {
    const { table, store } = this.options;
    const { name, uid } = session.metadata;
    const container = runningContainer(observed.services[0]);
    let changed: boolean;
    if (wantsRoute(session, observed) && container && session.spec.route.type === 'cookie') {
      const secret = table.get(name)?.secret ?? (await store.secret(uid));
      if (secret === undefined) throw new Error(`the session ${name} has no secret to route by`);
      changed = table.set(name, { uid, route: session.spec.route, secret, address: { ip: container.ip, port: session.spec.launch.port } });
    } else {
      changed = table.delete(name);
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
        memory.lookAgain = false;
        return undefined;
      case 'wait':
        memory.lookAgain = true;
        return this.#lookAgain(memory, `${step.for} ${JSON.stringify(session.status.service)}`);
      case 'probe':
        return this.#probe(session, step.container, memory);
      case 'confirmRoute':
        return this.#confirmRoute(session, step.live, memory);
      default:
        return this.#act(step, session, memory);
    }
  }

  async #act(step: Act, session: Session, memory: Remembered): Promise<Result> {
    memory.lookAgain = true;
    try {
      await apply(step, session, this.options);
      memory.trouble = undefined;
      return NOW;
    } catch (error) {
      memory.trouble = troubleOf(error);
      throw error;
    }
  }

  async #probe(session: Session, container: { ip: string }, memory: Remembered): Promise<Result> {
    memory.lookAgain = false;
    memory.reach = await askContainer(this.options.prober, session, container.ip);
    if (memory.reach.ok) return NOW;
    const again = this.#lookAgain(memory, `${memory.run} to answer`);
    // It may have ended instead of answering: after a while, Rancher is asked along with it.
    memory.lookAgain = (again.requeueAfterMs ?? 0) > ASK_RANCHER_TOO_MS;
    return again;
  }

  async #confirmRoute(session: Session, live: boolean, memory: Remembered): Promise<Result> {
    memory.lookAgain = false;
    const { name, uid } = session.metadata;
    const { table, store, prober, routeCheck } = this.options;
    const secret = table.get(name)?.secret ?? (await store.secret(uid)) ?? '';
    // A document that nobody has fetched yet can't be live; the table says when it was.
    if (routeCheck.byDocument && !table.isServed(name)) return { requeueAfterMs: UNTIL_SERVED_MS };
    memory.routed = live || routeCheck.byDocument ? await askRoute(prober, session, secret, routeCheck) : LEFT_TO_LABELS;
    return memory.routed.ok === live ? NOW : this.#lookAgain(memory, `the route to be ${live ? 'live' : 'gone'}`);
  }

  #lookAgain(memory: Remembered, what: string): Result {
    return { requeueAfterMs: lookDelay(memory, what, this.options.clock.now()) };
  }

  #measure(session: Session, memory: Remembered): void {
    if (session.status.phase !== 'Ready') {
      memory.since ??= this.options.clock.now();
    } else if (memory.since !== undefined) {
      this.options.onReady?.((this.options.clock.now() - memory.since) / 1000);
      memory.since = undefined;
    }
  }
}

/** The cache hears of our own writes a moment later: what we wrote last is what counts until then. */
function newest(cached: Session, written: Session | undefined): Session {
  if (written?.metadata.uid !== cached.metadata.uid) return cached;
  return Number(written.metadata.resourceVersion) > Number(cached.metadata.resourceVersion) ? written : cached;
}
