import type { LiveRoute } from '../world/traefik.js';
import type { Facts } from './call-rules.js';

/** A container that was asked and gave no answer in this time may have lost its route for it. */
const DOUBT_MS = 15_000;

/** No document drops a live route: one whose session is to run and whose container answers. */
export class RouteRules {
  constructor(
    private readonly facts: Facts,
    /** When a probe last failed by a fault, in ms after the start. */
    private readonly lastProbeFault: () => number,
  ) {}

  readonly check = (before: ReadonlyMap<string, LiveRoute>, after: ReadonlyMap<string, LiveRoute>): void => {
    for (const route of before.values()) {
      if (after.get(route.uid)?.ip === route.ip || !this.#isLive(route)) continue;
      this.facts.verdict.fail('no live route is dropped', `the route of ${route.uid} to ${route.ip} is gone, though it is wanted and answers`);
    }
    this.#noneTwice(after);
  };

  #isLive({ uid, ip }: LiveRoute): boolean {
    const session = this.facts.sessions().byUid(uid);
    if (!session || session.metadata.deletionTimestamp !== undefined || !session.spec.running) return false;
    if (performance.now() - this.lastProbeFault() < DOUBT_MS) return false;
    return this.#serves(ip, uid);
  }

  #serves(ip: string, uid: string): boolean {
    const { centre } = this.facts;
    const container = centre.runningAt(ip);
    const service = centre.services().find(({ id }) => id === container?.serviceId);
    if (!container || !service || service.state === 'deactivating' || service.state === 'inactive') return false;
    return centre.answers(container) && (container.launchConfig.labels?.['mooring.dev/session'] ?? uid) === uid;
  }

  /** Two people's cookies never lead to one container. */
  #noneTwice(after: ReadonlyMap<string, LiveRoute>): void {
    const owners = new Map<string, string>();
    for (const { ip, uid } of after.values()) {
      const other = owners.get(ip);
      if (other !== undefined && this.#bothRun(ip)) this.facts.verdict.fail('nobody shares', `${uid} and ${other} are both routed to ${ip}`);
      owners.set(ip, uid);
    }
  }

  #bothRun(ip: string): boolean {
    return this.facts.centre.runningAt(ip) !== undefined;
  }
}
