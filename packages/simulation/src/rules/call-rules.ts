import type { ServiceRecord } from '@mooring/local-rancher';
import type { ObjectCache } from '@mooring/resources';
import type { DataCentre } from '../world/data-centre.js';
import { sessionOf } from '../world/data-centre.js';
import type { SeenCall } from '../world/network.js';
import type { LiveRoute, Traefik } from '../world/traefik.js';
import type { Verdict } from './broken.js';
import type { Ledger } from './ledger.js';

export interface Facts {
  centre: DataCentre;
  traefik: Traefik;
  /** What is recorded now. */
  sessions: () => ObjectCache<'Session'>;
  ledger: Ledger;
  verdict: Verdict;
}

/** What a call to Rancher may ask for, given what is recorded and where people's requests go, at the moment when it is made. */
export class CallRules {
  /** Names that were asked for at Rancher since the last creation under them. */
  readonly #lookedUp = new Set<string>();

  constructor(private readonly facts: Facts) {}

  readonly check = ({ call, path, query, body }: SeenCall): void => {
    if (call === 'list-by-name') this.#lookedUp.add(query.get('name') ?? '');
    if (call === 'create') this.#mayCreate(body);
    const id = /\/services\/1s(\d+)$/.exec(path)?.[1];
    const service = id === undefined ? undefined : [...this.facts.centre.rancher.records.services()].find((each) => each.id === Number(id));
    if (!service || call === 'get') return;
    this.#mayTouch(service, call);
    const ends = call === 'remove' || (call === 'action' && query.get('action') !== 'activate');
    if (ends) this.#mayEnd(service, call === 'remove' ? 'remove' : (query.get('action') ?? ''));
  };

  /** Creation isn't idempotent, and an earlier one may have succeeded unheard: each looks first. */
  #mayCreate(body = '{}'): void {
    const { name = '' } = JSON.parse(body) as { name?: string };
    if (!this.#lookedUp.delete(name)) this.facts.verdict.fail('a creation looks first', `${name} is created without a look whether it is there`);
  }

  /** Only what carries our label, in our stack, is touched. */
  #mayTouch(service: ServiceRecord, call: string): void {
    if (sessionOf(service) === undefined) this.facts.verdict.fail('only ours is touched', `${call} of ${service.name}, which is not ours`);
  }

  /** What runs for somebody is ended only where its record says so, or where it is a double that nobody's requests reach. */
  #mayEnd(service: ServiceRecord, what: string): void {
    const { verdict } = this.facts;
    const uid = sessionOf(service) ?? '';
    const session = this.facts.sessions().byUid(uid);
    const isUsed = this.#isRouted(service);
    if (isUsed)
      verdict.fail('the route goes first', `${what} of ${service.name} (1s${service.id}) while requests still reach its container`);
    if (!session || session.metadata.deletionTimestamp !== undefined || !session.spec.running) return;
    // What is stopped may be made anew, as its record asks for by then.
    if (what === 'remove' && (service.state === 'inactive' || this.#hasAnother(service, uid))) return;
    verdict.fail('nothing ends unasked', `${what} of ${service.name} (1s${service.id}), whose session is recorded to run`);
  }

  #isRouted(service: ServiceRecord): boolean {
    const route: LiveRoute | undefined = this.facts.traefik.routes.get(sessionOf(service) ?? '');
    return route !== undefined && this.facts.centre.runningAt(route.ip)?.serviceId === service.id;
  }

  #hasAnother(service: ServiceRecord, uid: string): boolean {
    return this.facts.centre.services().some((other) => other.id !== service.id && sessionOf(other) === uid);
  }
}
