import { type Session, updated, withoutUpdate } from '@mooring/resources';
import { launchHash } from '../../src/sessions/launch-hash.js';
import { byPreference, isLeaving, type Observed, type ObservedService, runningContainer } from '../../src/sessions/observed.js';
import { wantsRoute } from '../../src/sessions/plan.js';
import type { Step } from '../../src/sessions/step.js';
import { aContainer, aService } from './sample.js';

/** A choice that a property test makes for the world: a number below `bound`. */
export type Choose = (bound: number) => number;

/**
 * Rancher, the container and Traefik as a model: what a step asks for begins, and `progress` moves it on, as often as it likes or
 * not at all. It can lose a DELETE, and let two services of one name through, as the recordings show.
 */
export class SimulatedWorld {
  services: ObservedService[] = [];
  answers = false;
  /** Where Traefik leads: to the container's run, or to the front. */
  route: string | undefined;
  recordGone = false;
  /** What was launched before the last upgrade. */
  before: string | undefined;
  upgradingFor = 0;
  #next = 1;

  constructor(
    public session: Session,
    private readonly choose: Choose,
  ) {}

  observe(known: Omit<Observed, 'services'>): Observed {
    return { services: byPreference(this.services, this.session), ...known };
  }

  add(state: string, containerState?: string, launch: string | undefined = launchHash(this.session.spec.launch)): ObservedService {
    const id = this.#next++;
    const containers = containerState === undefined ? [] : [this.#container(id, containerState)];
    const service = aService({ id: `1s${id}`, state, containers, launch });
    this.services.push(service);
    return service;
  }

  /** Begins what a step asks for. */
  apply(step: Step): void {
    switch (step.type) {
      case 'create':
        this.add('registering');
        if (this.choose(8) === 0) this.add('registering');
        return;
      case 'activate':
        step.service.state = 'activating';
        return;
      case 'deactivate':
        step.service.state = 'deactivating';
        return;
      case 'remove':
        if (this.choose(4) > 0) step.service.state = 'removing';
        return;
      case 'startContainer':
        step.container.state = 'starting';
        return;
      case 'end':
        if (step.action === 'Stop') this.session.spec.running = false;
        else this.session.metadata.deletionTimestamp = '2026-01-02T05:00:00.000Z';
        return;
      case 'finalize':
        this.recordGone = true;
        return;
      default:
        this.#update(step);
    }
  }

  /** An upgrade stops the old container and starts another, which may fail for good; a way back starts the old one again. */
  #update(step: Step): void {
    switch (step.type) {
      case 'takeUpdate':
        this.session = updated(this.session);
        return;
      case 'dropUpdate':
      case 'giveUpUpdate':
        this.session = withoutUpdate(this.session);
        return;
      case 'upgrade':
        this.before = step.service.launch;
        step.service.launch = launchHash(updated(this.session).spec.launch);
        step.service.state = 'upgrading';
        step.service.transitioning = this.choose(3) === 0 ? 'error' : 'no';
        this.upgradingFor = 0;
        return;
      case 'finishUpgrade':
        step.service.state = 'finishing-upgrade';
        return;
      case 'continueUpgrade':
        step.service.state = 'upgrading';
        return;
      case 'cancelUpgrade':
        step.service.state = 'canceling-upgrade';
        return;
      case 'rollback':
        step.service.state = 'rolling-back';
        step.service.launch = this.before;
    }
  }

  /** Moves one thing on, or nothing. */
  progress(): void {
    this.upgradingFor += 1000;
    const service = this.services[this.choose(this.services.length + 1)];
    if (service) this.#advance(service);
    if (this.choose(3) === 0) this.answers = true;
  }

  /** Traefik follows the wish. */
  follow(observed: Observed): void {
    this.route = wantsRoute(this.session, observed) ? runningContainer(observed.services[0])?.run : undefined;
  }

  #advance(service: ObservedService): void {
    this.#advanceUpgrade(service);
    if (service.state === 'removing') this.services = this.services.filter((other) => other !== service);
    else if (service.state === 'registering') service.state = 'activating';
    else if (service.state === 'activating') this.#activated(service);
    else if (service.state === 'active' && service.containers.length === 0) this.#activated(service);
    else if (service.state === 'deactivating') {
      service.state = 'inactive';
      for (const container of service.containers) container.state = 'stopped';
    }
    for (const container of service.containers) if (container.state === 'starting' && !isLeaving(service)) container.state = 'running';
  }

  #advanceUpgrade(service: ObservedService): void {
    const [old] = service.containers;
    if (service.state === 'upgrading' && old) {
      old.state = 'stopped';
      if (service.transitioning === 'error') return;
      service.state = 'upgraded';
      const number = 100 + this.#next++;
      service.containers = [old, { ...this.#container(number, 'starting'), launch: service.launch }];
    } else if (service.state === 'canceling-upgrade') service.state = 'canceled-upgrade';
    else if (service.state === 'finishing-upgrade') {
      service.state = 'active';
      service.containers = service.containers.slice(-1);
    } else if (service.state === 'rolling-back' && old) {
      service.state = 'active';
      service.transitioning = 'no';
      service.containers = [{ ...old, state: 'starting', run: `${old.run}+` }];
    }
  }

  #activated(service: ObservedService): void {
    service.state = 'active';
    if (service.containers.length === 0) service.containers = [this.#container(Number(service.id.slice(2)), 'starting')];
    for (const container of service.containers) container.state = 'starting';
  }

  #container(id: number, state: string) {
    return aContainer({ id: `1i${id}`, run: `1i${id}/1`, state });
  }
}
