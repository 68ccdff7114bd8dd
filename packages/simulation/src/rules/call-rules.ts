import type { ServiceRecord } from '@mooring/local-rancher';
import type { ObjectCache } from '@mooring/resources';
import type { DataCentre } from '../world/data-centre.js';
import { sessionOf } from '../world/data-centre.js';
import type { SeenCall } from '../world/seen-call.js';
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
  /** Who is in a session at this moment, by its uid. */
  presentIn: (uid: string) => string | undefined;
}

/** What ends an upgrade, or takes it back. */
const GOES_ON = ['finishupgrade', 'continueupgrade'];
const AFTER_UPGRADE = [...GOES_ON, 'cancelupgrade', 'rollback'];

/** What a call to Rancher may ask for, given what is recorded and where people's requests go, at the moment when it is made. */
export class CallRules {
  /** Names that were asked for at Rancher since the last creation under them. */
  readonly #lookedUp = new Set<string>();

  constructor(private readonly facts: Facts) {}

  readonly check = (seen: SeenCall): void => {
    if (seen.call === 'list-by-name') this.#lookedUp.add(seen.query.get('name') ?? '');
    if (seen.call === 'create') this.#mayCreate(seen.body);
    const service = seen.call === 'get' ? undefined : this.#serviceAt(seen.path);
    if (service) this.#mayAct(service, seen);
  };

  /** One that isn't on its way out already. */
  #serviceAt(path: string): ServiceRecord | undefined {
    const id = Number(/\/services\/1s(\d+)$/.exec(path)?.[1]);
    for (const service of this.facts.centre.rancher.records.services()) {
      if (service.id === id) return service.state === 'removing' || service.state === 'removed' ? undefined : service;
    }
    return undefined;
  }

  #mayAct(service: ServiceRecord, { call, query }: SeenCall): void {
    this.#mayTouch(service, call);
    const action = query.get('action');
    if (call === 'remove') this.#mayEnd(service, 'remove');
    else if (call === 'action' && action === 'upgrade') this.#mayReplace(service);
    else if (call === 'action' && AFTER_UPGRADE.includes(String(action))) this.#mayGoOn(service, String(action));
    else if (call === 'action' && action !== 'activate') this.#mayEnd(service, String(action));
  }

  /** Creation isn't idempotent, and an earlier one may have succeeded unheard: each looks first. */
  #mayCreate(body = '{}'): void {
    const { name = '' } = JSON.parse(body) as { name?: string };
    if (!this.#lookedUp.delete(name))
      this.facts.verdict.fail('a creation looks first', `${name} is created without a look whether it is there`);
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
    // What can't be started is set up anew as its record asks for by then; nothing of it runs.
    if (what === 'deactivate' && !this.facts.centre.containersOf(service).some((each) => this.facts.centre.isRunning(each))) return;
    verdict.fail('nothing ends unasked', `${what} of ${service.name} (1s${service.id}), whose session is recorded to run`);
  }

  /** What runs is replaced only by what is recorded as its update, and by itself only where nobody is in it. */
  #mayReplace(service: ServiceRecord): void {
    const { verdict } = this.facts;
    const uid = sessionOf(service) ?? '';
    const what = `upgrade of ${service.name} (1s${service.id})`;
    if (this.#isRouted(service)) verdict.fail('the route goes first', `${what} while requests still reach its container`);
    const update = this.facts.sessions().byUid(uid)?.spec.update;
    if (!update) verdict.fail('nothing ends unasked', `${what}, whose session has no update`);
    const present = this.facts.presentIn(uid);
    if (update?.by === 'Idle' && present !== undefined) verdict.fail('nobody in it is ended', `${what}, though ${present}`);
  }

  /** An upgrade is taken back only while nobody is led to what it made. */
  #mayGoOn(service: ServiceRecord, action: string): void {
    if (!GOES_ON.includes(action) && this.#isRouted(service))
      this.facts.verdict.fail(
        'the route goes first',
        `${action} of ${service.name} (1s${service.id}) while requests still reach its container`,
      );
  }

  #isRouted(service: ServiceRecord): boolean {
    const route: LiveRoute | undefined = this.facts.traefik.routes.get(sessionOf(service) ?? '');
    return route !== undefined && this.facts.centre.runningAt(route.ip)?.serviceId === service.id;
  }

  #hasAnother(service: ServiceRecord, uid: string): boolean {
    return this.facts.centre.services().some((other) => other.id !== service.id && sessionOf(other) === uid);
  }
}
