import { getCondition } from '@mooring/resources';
import type { LiveRoute } from '../world/traefik.js';
import type { Facts } from './call-rules.js';

/** A container that was asked and gave no answer in this time, or has only come up, may have lost its route for it. */
const DOUBT_MS = 15_000;

/** No document drops a live route: one whose session is to run and whose container answers. */
export class RouteRules {
  /** When the document before was fetched: what was stopped since, and is wanted again, has lost its route by that. */
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly facts: Facts,
    private readonly times: {
      /** When a probe last failed by a fault, in ms after the start of all; the time that no Mooring ran since is left out. */
      lastProbeFault: () => number;
      /** Since when Mooring runs: it has not seen what was before. */
      processStart: () => number;
    },
  ) {}

  readonly check = (before: ReadonlyMap<string, LiveRoute>, after: ReadonlyMap<string, LiveRoute>): void => {
    for (const route of before.values()) {
      if (after.get(route.uid)?.ip === route.ip || !this.#isLive(route)) continue;
      this.facts.verdict.fail(
        'no live route is dropped',
        `the route of ${route.uid} to ${route.ip} is gone, though it is wanted and answers`,
      );
    }
    this.#noneTwice(after);
    this.#checkedAt = performance.now();
  };

  #isLive({ uid, ip }: LiveRoute): boolean {
    const session = this.facts.sessions().byUid(uid);
    if (!session) return this.facts.ledger.wasLost(uid) && this.#serves(ip, uid);
    if (session.metadata.deletionTimestamp !== undefined || !session.spec.running) return false;
    if (session.spec.update !== undefined) return false;
    if (getCondition(session.status.conditions, 'Marked')?.status === 'True') return false;
    if (performance.now() - this.times.lastProbeFault() < DOUBT_MS) return false;
    return this.#serves(ip, uid) && !this.#isNew(ip) && this.facts.ledger.stoppedAt(uid) < this.#checkedAt;
  }

  #serves(ip: string, uid: string): boolean {
    const { centre } = this.facts;
    const container = centre.runningAt(ip);
    const service = centre.services().find(({ id }) => id === container?.serviceId);
    if (!container || !service || service.state === 'deactivating' || service.state === 'inactive') return false;
    return centre.answers(container) && (container.launchConfig.labels?.['mooring.dev/session'] ?? uid) === uid;
  }

  #isNew(ip: string): boolean {
    const container = this.facts.centre.runningAt(ip);
    const watched = Math.min(performance.now(), this.times.processStart()) - DOUBT_MS;
    return container !== undefined && this.facts.centre.startedAt(container) > Math.min(watched, performance.now() - 2 * DOUBT_MS);
  }

  /** Two people's cookies never lead to one container. */
  #noneTwice(after: ReadonlyMap<string, LiveRoute>): void {
    const owners = new Map<string, string>();
    for (const { ip, uid } of after.values()) {
      const other = owners.get(ip);
      if (other !== undefined && this.#bothRun(ip))
        this.facts.verdict.fail('nobody shares', `${uid} and ${other} are both routed to ${ip}`);
      owners.set(ip, uid);
    }
  }

  #bothRun(ip: string): boolean {
    return this.facts.centre.runningAt(ip) !== undefined;
  }
}
