import { type ActivityOptions, createActivitySources, OwnRequests } from '@mooring/controller';
import { type CacheEvent, POOL_LABEL, type Session, type Store, type UseLog, WANTED_ANNOTATION } from '@mooring/resources';
import type { Logger } from 'pino';
import type { Defect } from '../defects/names.js';
import type { Random } from '../determinism/random.js';
import type { Verdict } from '../rules/broken.js';
import type { DataCentre } from '../world/data-centre.js';
import type { Life } from '../world/life.js';
import type { People, Person } from '../world/people.js';
import type { Process } from '../world/running.js';
import type { Tally } from '../world/tally.js';
import type { LiveRoute, Traefik } from '../world/traefik.js';
import { Asking } from './asking.js';
import { EndingStore } from './ending-store.js';
import { Ends } from './ends.js';
import { hasGaugeOnly, type IdleSettings, SCHEDULE, settingsOf, TRAEFIK_IDLE_MS } from './settings.js';
import { Sight } from './sight.js';
import { Stay } from './stay.js';
import { TraefikCounters } from './traefik-counters.js';
import { Usage } from './usage.js';
import { Visitors } from './visitors.js';

export interface SiteOptions {
  seed: number;
  centre: DataCentre;
  people: People;
  random: Random;
  tally: Tally;
  verdict: Verdict;
  traefik: Traefik;
  process: () => Process | undefined;
  store: () => Store | undefined;
  isRancherUp: () => boolean;
  defect: Defect | undefined;
}

/** From when all trouble is over: whoever stays is connected by then. */
const HAND_OVER_MS = 30_000;

/** Everything that the idle suite adds to the world: who uses the sessions, what tells of it, and what may be ended. */
export class Site {
  readonly settings: IdleSettings;
  readonly usage: Usage;
  readonly sight: Sight;
  readonly visitors: Visitors;
  readonly stay: Stay;
  readonly #counters: TraefikCounters;
  readonly #asking: Asking;
  readonly #ends: Ends;
  readonly #answered = new Map<string | undefined, number>();
  readonly #routeGone = new Map<string, number>();

  constructor(private readonly options: SiteOptions) {
    const { seed, centre, people, random, tally, traefik, verdict, process, store } = options;
    this.settings = settingsOf(seed);
    this.usage = new Usage(centre, this.settings);
    this.sight = new Sight(tally);
    this.#counters = new TraefikCounters(this.settings.traefik);
    this.visitors = new Visitors({
      ...{ people, process, traefik, centre, tally, usage: this.usage, counters: this.#counters },
      onBackground: (person, ask) => this.#changesNothing(person, ask),
      savesWake: options.defect === 'save-wakes',
    });
    this.#asking = new Asking({
      ...{ sight: this.sight, random, isRancherUp: options.isRancherUp },
      notebookAt: (ip) => this.usage.notebookAt(ip),
      containerOf: (id) => this.usage.byId(id),
      metrics: () => this.#counters.text(),
      isTraefikUp: () => traefik.isUp,
      onAnswer: (ip) => void this.#answered.set(ip, performance.now()),
    });
    this.#ends = new Ends({
      ...{ settings: this.settings, usage: this.usage, verdict, tally, store },
      routeGoneAt: (uid) => this.#routeGone.get(uid) ?? Number.NEGATIVE_INFINITY,
      answeredAt: (session) => this.#answeredAt(session),
      onEnd: (session) => this.#forgive(session),
    });
    this.stay = new Stay({ usage: this.usage, visitors: this.visitors, people, random, settings: this.settings });
  }

  /** What the template of this site says beside what it always says. */
  get templateSpec() {
    const env: Record<string, string> = this.settings.isJupyter ? { TOKEN: 'simulated' } : {};
    return {
      idlePolicy: this.settings.policy,
      launch: { env: { A: 'b', ...env } },
      probe: this.settings.isJupyter ? { tokenFrom: { env: 'TOKEN' } } : {},
    };
  }

  /** Who can tell whether sessions are used, for one process of Mooring. */
  activityFor({ life, uses, now, log }: { life: Life; uses: UseLog; now: () => number; log: Logger }) {
    const clock = { now };
    const own = new OwnRequests(clock);
    const activity: ActivityOptions = {
      schedule: SCHEDULE,
      sourcesFor: () =>
        createActivitySources({
          ...{ own, clock, log, uses, traefikIdleMs: TRAEFIK_IDLE_MS },
          project: { containers: this.#asking.containersFor(life) },
          traefikMetricsUrl: 'http://traefik.site/metrics',
          askers: this.#asking.askersFor(life),
        }),
    };
    return { activity, ownRequests: own };
  }

  /** The store as the controller of one process writes to it. */
  storeFor(store: Store, life: Life, onWrite: (what: string) => void): Store {
    return new EndingStore(store, { life, onWrite, ends: this.#ends });
  }

  readonly recorded = (event: CacheEvent<'Session'>): void => this.#ends.recorded(event);

  /** Traefik has taken over other routes. */
  routed(before: ReadonlyMap<string, LiveRoute>, after: ReadonlyMap<string, LiveRoute>): void {
    for (const uid of before.keys()) {
      if (after.has(uid)) continue;
      this.#counters.removed(uid);
      this.#routeGone.set(uid, performance.now());
    }
  }

  /** Websockets end with it, or they go on through another one that took them over, and are counted nowhere. */
  traefikRestarted(): void {
    this.#counters.restarted();
    if (this.options.random.chance(60)) this.usage.dropAll();
  }

  /** Mooring's own request came through Traefik to a session's container. */
  probed({ uid, ip }: LiveRoute): void {
    this.#counters.request(uid);
    this.usage.notebookAt(ip)?.keep();
  }

  /** Small steps ahead of Mooring's clock can't be told from time that passes. */
  clockJumped(seconds: number): void {
    if (seconds > 0 && seconds < 15) this.usage.hurried(seconds * 1000);
    if (seconds < 0) this.stay.setBack(-seconds);
  }

  /** From now on everything tells what it knows, most people leave, and some stay. */
  settle(): void {
    this.sight.clear();
    this.stay.begin(hasGaugeOnly(this.settings.policy.sources));
    if (this.settings.handsOver) setTimeout(() => this.#counters.restarted(), HAND_OVER_MS);
  }

  /** Of the container that is recorded: what somebody copied by hand beside it isn't asked. */
  #answeredAt({ status }: Session): number {
    const isByContainer = this.settings.isJupyter || this.settings.policy.sources.includes('connections');
    const ip = isByContainer ? (status.address?.ip ?? '') : undefined;
    return this.#answered.get(ip) ?? Number.NEGATIVE_INFINITY;
  }

  /** What was promised to somebody was theirs as long as they used it. */
  #forgive({ metadata, spec }: Session): void {
    if (spec.running || metadata.deletionTimestamp !== undefined) {
      for (const person of this.options.people.all)
        if (person.user === spec.owner.name && person.wish === 'session') person.wish = 'either';
    }
  }

  /** No background request creates, wakes or unmarks anything. */
  async #changesNothing(person: Person, ask: () => Promise<void>): Promise<void> {
    const { people, verdict } = this.options;
    const navigations = people.navigations;
    const before = await this.#stateOf(person);
    await ask();
    const after = await this.#stateOf(person);
    const others = people.navigations - navigations;
    const changed = [...after].find(([uid, state]) => before.get(uid) !== state);
    if (!changed || (others > 0 && this.options.defect === undefined)) return;
    verdict.fail('a background request changes nothing', `the tab of ${person.user} made ${changed[0]} ${changed[1]}`);
  }

  async #stateOf({ user }: Person): Promise<Map<string, string>> {
    const { items } = (await this.options.store()?.list('Session')) ?? { items: [] };
    const theirs = items.filter(({ metadata, spec }) => spec.owner.name === user && metadata.labels[POOL_LABEL] === undefined);
    return new Map(
      theirs.flatMap(({ metadata, spec }) =>
        spec.running ? [[metadata.uid, `run, wanted at ${metadata.annotations[WANTED_ANNOTATION]}`]] : [],
      ),
    );
  }
}
