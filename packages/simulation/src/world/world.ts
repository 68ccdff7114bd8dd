import { createMemoryStore, type Draft, type ObjectCache, openCache, type Session, type Store } from '@mooring/resources';
import { type Logger, pino } from 'pino';
import type { Defect } from '../defects/names.js';
import { createRandom, type Random } from '../determinism/random.js';
import { Site } from '../idle/site.js';
import type { Verdict } from '../rules/broken.js';
import { CallRules, type Facts } from '../rules/call-rules.js';
import type { Wanted } from '../rules/convergence.js';
import { Ledger } from '../rules/ledger.js';
import { recordRules } from '../rules/record-rules.js';
import { RouteRules } from '../rules/route-rules.js';
import type { Suite } from '../suite.js';
import { Askers } from './askers.js';
import { DataCentre } from './data-centre.js';
import { Faults } from './faults.js';
import { Life } from './life.js';
import { Network } from './network.js';
import { People } from './people.js';
import { startProcess, TEMPLATE } from './process.js';
import type { Process } from './running.js';
import type { SeenCall } from './seen-call.js';
import { Stream } from './stream.js';
import { Tally } from './tally.js';
import { Traefik } from './traefik.js';

export interface WorldOptions {
  seed: number;
  people: number;
  verdict: Verdict;
  /** What is wrong with this Mooring. */
  defect?: Defect | undefined;
  suite?: Suite | undefined;
}

const POOL_REPLICAS = 2;
/** Operators' restarts take so long. */
const RESTART_MS = { least: 500, most: 20_000 };

/** All of it: a data centre, Traefik, people, and a Mooring that is started again whenever it has crashed. */
export class World {
  readonly tally = new Tally();
  readonly logger = loggerOf(process.env.SIMULATION_LOG);
  readonly random: Random;
  readonly #ledger = new Ledger();
  readonly faults = new Faults(this.tally, () => this.#ledger.listFaulted());
  readonly centre = new DataCentre(this.logger);
  readonly people: People;
  readonly stream: Stream;
  readonly traefik: Traefik;
  readonly network: Network;
  readonly facts: Facts;
  /** Only in the idle suite. */
  readonly site: Site | undefined;
  poolReplicas = POOL_REPLICAS;
  version = '1.0';
  /** What Mooring's clock is ahead, in ms. */
  clockOffsetMs = 0;
  /** Writes to the store, and calls that change something at Rancher. */
  writes = 0;
  #outages = 0;
  #process: Process | undefined;
  #processes = 0;
  #store: Store | undefined;
  #truth: ObjectCache<'Session'> | undefined;
  #processStart = 0;
  #lastProbeFault = Number.NEGATIVE_INFINITY;
  readonly #askers: Askers;

  readonly #defect: Defect | undefined;

  constructor({ seed, people, verdict, defect, suite }: WorldOptions) {
    this.#defect = defect;
    this.random = createRandom(seed + 1);
    this.people = new People(people, verdict, (uid, user) => this.#ledger.wasUnclaimed(uid) && !this.#isAtRancher(uid, user));
    this.stream = new Stream(this.centre.rancher, this.tally, () => this.#outages === 0);
    this.traefik = new Traefik(
      () => this.#process?.routeDocument(),
      (before, after) => {
        routeRules.check(before, after);
        this.site?.routed(before, after);
      },
      () => {
        this.site?.routed(this.traefik.routes, new Map());
        this.site?.traefikRestarted();
      },
    );
    const presentIn = (uid: string) => this.site?.usage.presentIn(uid);
    this.facts = { centre: this.centre, traefik: this.traefik, sessions: () => this.truth, ledger: this.#ledger, verdict, presentIn };
    const routeRules = new RouteRules(this.facts, { lastProbeFault: () => this.#lastProbeFault, processStart: () => this.#processStart });
    const callRules = new CallRules(this.facts);
    this.network = new Network({
      ...{ rancher: this.centre.rancher, faults: this.faults, random: this.random },
      onCall: (seen: SeenCall) => {
        if (seen.method !== 'GET') this.noteWrite(`${seen.method} ${seen.path}`);
        if (seen.query.get('action') === 'upgrade') this.tally.count('upgrade');
        callRules.check(seen);
      },
    });
    const { centre, traefik, faults, random } = this;
    this.#askers = new Askers({
      ...{ centre, traefik, faults, random },
      version: () => this.version,
      ...{ defect, isWanted: (uid: string) => isWanted(this.truth.byUid(uid)) },
      onFault: () => {
        this.#lastProbeFault = performance.now();
      },
      onRouted: (route) => this.site?.probed(route),
    });
    if (suite === 'idle') {
      const { people: all, tally } = this;
      this.site = new Site({
        ...{ seed, centre, traefik, people: all, random, tally, verdict, defect },
        process: () => this.#process,
        store: () => this.#store,
        isRancherUp: () => this.#outages === 0,
      });
    }
  }

  /** What is recorded now, as nobody but the simulation knows it. */
  get truth(): ObjectCache<'Session'> {
    if (!this.#truth) throw new Error('the world was not started');
    return this.#truth;
  }

  get store(): Store | undefined {
    return this.#store;
  }

  get process(): Process | undefined {
    return this.#process;
  }

  async start(): Promise<void> {
    await this.#openStore();
    await this.startProcess();
  }

  async startProcess(): Promise<void> {
    this.#processes += 1;
    this.#processStart = performance.now();
    const life = new Life(() => this.#crashed());
    const [name, store] = [`mooring-${this.#processes}`, this.#store];
    if (!store) return;
    this.#process = await startProcess({
      ...{ name, life, store, network: this.network, stream: this.stream, askers: this.#askers, logger: this.logger },
      locate: () => this.centre.stackId,
      now: () => Date.now() + this.clockOffsetMs,
      templates: [this.template()],
      pools: [pool(this.poolReplicas)],
      onWrite: (what) => this.noteWrite(what),
      defect: this.#defect,
      site: this.site,
    });
  }

  /** All records are lost, and what served by them. */
  async loseStore(): Promise<void> {
    this.#process?.life.crash();
    this.people.storeLost((person) => person.uid !== undefined && this.#isAtRancher(person.uid, person.user));
    this.#ledger.storeLost(this.truth.list(), this.centre.services());
    await this.#openStore();
    this.tally.count('store-lost');
  }

  /** The template as it is meant now. */
  template(): Draft<'SessionTemplate'> {
    const { metadata, spec } = template(this.version);
    return { metadata, spec: { ...spec, ...this.site?.templateSpec } };
  }

  noteWrite(what: string): void {
    this.writes += 1;
    this.logger.info({ what }, 'written');
  }

  /** What was recorded nowhere but at Rancher, since the store was lost, and is deleted there now is nobody's to keep; a record that made room for it is going. */
  forgiveUnrecorded(): void {
    const staying = this.truth.list().filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    const owners = new Set(staying.map(({ spec }) => spec.owner.name));
    for (const person of this.people.all) if (person.wish === 'session' && !owners.has(person.user)) person.wish = 'either';
  }

  beginOutage(): void {
    this.#outages += 1;
    this.stream.arm('closed-stream', 1);
  }

  endOutage(): void {
    this.#outages = Math.max(0, this.#outages - 1);
    if (this.#outages === 0) this.faults.outage = undefined;
  }

  /** From now on nothing goes wrong by anybody's doing. */
  endTrouble(): void {
    this.faults.clear();
    this.stream.clear();
    this.traefik.start();
    this.centre.repair();
    this.#process?.life.calm();
    this.#outages = 0;
    this.site?.settle();
  }

  async wanted(): Promise<Wanted> {
    const strays = await this.#process?.registry.getSingleMetric('mooring_strays')?.get();
    const count = strays?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
    return { people: this.people.all, poolReplicas: this.poolReplicas, strays: count };
  }

  async close(): Promise<void> {
    this.#process?.life.crash();
    this.centre.close();
    await this.#truth?.close();
    await this.#store?.close();
  }

  async #openStore(): Promise<void> {
    await this.#truth?.close();
    const now = () => new Date(Date.now() + this.clockOffsetMs);
    this.#store = createMemoryStore({ now });
    this.#truth = openCache(this.#store, 'Session');
    await this.#truth.ready();
    this.#truth.subscribe((event) => recordRules(event, this.facts));
    if (this.site) this.#truth.subscribe(this.site.recorded);
  }

  /** A service says that it is this person's, and no record does. */
  hasUnrecorded(user: string): boolean {
    return this.centre.services().some(({ metadata }) => {
      const mark = metadata?.mooring as { uid?: string; owner?: string } | undefined;
      return mark?.owner === user && mark.uid !== undefined && !this.truth.byUid(mark.uid);
    });
  }

  /** It was created, and says whose it is. */
  #isAtRancher(uid: string, user: string): boolean {
    return this.centre.services().some(({ metadata }) => {
      const mark = metadata?.mooring as { uid?: string; owner?: string } | undefined;
      return mark?.uid === uid && mark.owner === user;
    });
  }

  #crashed(): void {
    this.#process?.bury();
    this.#process = undefined;
    this.stream.hangUp();
    this.tally.count('crash');
    const sinceProbeFault = performance.now() - this.#lastProbeFault;
    setTimeout(
      () => {
        // Who was not asked again before the crash is in doubt until the next process asks.
        this.#lastProbeFault = performance.now() - sinceProbeFault;
        void this.startProcess();
      },
      this.random.int(RESTART_MS.least, RESTART_MS.most),
    );
  }
}

/** One that says nothing has no children of its own: the loop makes one for each pass, with all that it would say put into words. */
function loggerOf(level: string | undefined): Logger {
  const logger = pino({ level: level ?? 'silent' });
  return level === undefined ? Object.assign(logger, { child: () => logger }) : logger;
}

const isWanted = (session: Session | undefined): boolean =>
  session?.spec.running === true && session.metadata.deletionTimestamp === undefined;

function template(tag: string): Draft<'SessionTemplate'> {
  return {
    metadata: { name: TEMPLATE },
    spec: { image: { name: 'kbase/narrative', tag }, launch: { env: { A: 'b' } }, route: { type: 'cookie' } },
  };
}

const pool = (replicas: number): Draft<'WarmPool'> => ({
  metadata: { name: TEMPLATE },
  spec: { templateRef: { name: TEMPLATE }, replicas, sessionName: 'narrativepre-{}' },
});
