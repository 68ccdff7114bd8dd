import { POOL_LABEL, type Session } from '@mooring/resources';
import type { Random } from '../determinism/random.js';
import type { Facts } from '../rules/call-rules.js';
import { isNameTaken } from '../rules/convergence.js';
import type { People, Person } from '../world/people.js';
import { AFTER_SECONDS, GRACE_SECONDS, type IdleSettings } from './settings.js';
import type { Usage } from './usage.js';
import type { Visitors } from './visitors.js';

export interface StayOptions {
  usage: Usage;
  visitors: Visitors;
  people: People;
  random: Random;
  settings: IdleSettings;
}

const LOOK_MS = 15_000;
/** As long as the simulation lasts. */
const FOREVER_SECONDS = 24 * 60 * 60;
const STAY_PERCENT = 25;
/** From when nobody uses a session: some looks more, young connections that Traefik keeps, and Rancher's own time. */
const SLACK_SECONDS = 60;

/** When all trouble is over: who stays, who goes, and what must come of it. */
export class Stay {
  #since: number | undefined;
  #setBackSeconds = 0;
  #staying = new Set<Person>();
  /** When a session was first seen ready since then, by its uid. */
  readonly #ready = new Map<string, number>();

  constructor(private readonly options: StayOptions) {}

  /** @param allComeAnew whether Traefik's gauge doesn't show those who were there before */
  begin(allComeAnew: boolean): void {
    const { people, visitors, random } = this.options;
    this.#since = performance.now();
    this.#staying = new Set(people.all.filter(() => random.chance(STAY_PERCENT)));
    for (const person of people.all) if (allComeAnew || !this.#staying.has(person)) visitors.closeTabs(person);
    setInterval(() => this.#goOn(), LOOK_MS);
  }

  /** What was written by a clock that has been set back since counts for so much longer. */
  setBack(seconds: number): void {
    this.#setBackSeconds += seconds;
  }

  /** Why it is not yet as it must become; undefined where it is. */
  unsettled(facts: Facts): string | undefined {
    const { sessions, verdict } = facts;
    const { visitors, usage } = this.options;
    if (this.#since === undefined) return undefined;
    const missing = [...this.#staying].find((person) => !visitors.isOpenAt(person));
    // Who finds something else under their session's name can't come.
    const isTaken = isNameTaken(facts);
    if (missing && !isTaken) return `${missing.user} stays, and is not connected`;
    const idle = sessions()
      .list()
      .filter(({ metadata, spec }) => spec.running && metadata.labels[POOL_LABEL] === undefined && !usage.of(metadata.uid));
    for (const session of idle) {
      const forSeconds = this.#unusedSeconds(session, this.#since);
      if (forSeconds > this.#boundSeconds)
        verdict.fail('what nobody uses goes', `${session.metadata.name} is unused for ${Math.round(forSeconds)} s and still runs`);
    }
    return idle[0] && !isTaken ? `nobody uses ${idle[0].metadata.name}, and it still runs` : undefined;
  }

  get #boundSeconds(): number {
    const { maxUnknownSeconds = 0 } = this.options.settings.policy;
    return Math.max(AFTER_SECONDS, maxUnknownSeconds) + GRACE_SECONDS + SLACK_SECONDS + this.#setBackSeconds;
  }

  /** For how long nobody has used it, with all well: 0 before it was ready. */
  #unusedSeconds({ metadata: { uid }, status }: Session, since: number): number {
    const now = performance.now();
    if (status.phase === 'Ready' && !this.#ready.has(uid)) this.#ready.set(uid, now);
    return (now - Math.max(since, this.options.usage.lastUse(uid) ?? 0, this.#ready.get(uid) ?? now)) / 1000;
  }

  /** Who stays comes again where they are not let in at once, and goes on with what makes them somebody. */
  #goOn(): void {
    const { visitors, settings } = this.options;
    for (const person of this.#staying) {
      if (!visitors.isOpenAt(person)) this.#comeAgain(person);
      else if (settings.policy.openConnections === 'ignore') this.#keepBusy(person);
    }
  }

  #comeAgain(person: Person): void {
    const { visitors } = this.options;
    visitors.closeTabs(person);
    void visitors.open(person, 'silent').catch(() => undefined);
  }

  #keepBusy(person: Person): void {
    const { visitors, usage } = this.options;
    const isBusy = person.uid !== undefined && usage.notebookOf(person.uid)?.kernel?.busySince !== undefined;
    if (!isBusy) visitors.execute(person, FOREVER_SECONDS);
  }
}
