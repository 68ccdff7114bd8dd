import { CLAIMED_AS_ANNOTATION, type Session } from '@mooring/resources';
import type { Informer } from '../runtime/informer.js';
import { SessionIndex } from './index-by-session.js';
import type { ObservedService } from './observed.js';
import type { RancherGateway } from './rancher-gateway.js';
import { keyOf, type RancherObject, type SeenContainer, type SeenService } from './seen.js';

/** What Rancher holds, as last seen: kept by the informer, and sharpened by reading single services back. */
export class RancherView {
  readonly #index: SessionIndex;

  constructor(
    private readonly informer: Informer<RancherObject>,
    private readonly gateway: RancherGateway,
  ) {
    this.#index = new SessionIndex(informer);
  }

  /** Tells the uids of Sessions of which something changed at Rancher. */
  onChange(listener: (uid: string) => void): void {
    this.#index.onChange(listener);
  }

  services(session: Session): ObservedService[] {
    return this.#index.services(session);
  }

  /** Reads all services of the Session that are known, and their containers, now: those that were seen and the one that served it. */
  async readBack(session: Session): Promise<void> {
    const ids = new Set(this.services(session).map(({ id }) => id));
    if (session.status.service) ids.add(session.status.service.id);
    for (const id of ids) await this.#refresh(session, id);
  }

  /** An answer of Rancher's told how it is now. */
  saw(object: SeenService | SeenContainer): void {
    if (object.gone) this.informer.delete(keyOf(object));
    else this.informer.set(object);
  }

  /** As `saw`, for what is on its way out: an event may have told before the answer that it is gone. */
  sawGoing(object: SeenService): void {
    if (this.informer.get(keyOf(object))) this.saw(object);
  }

  /** Asks Rancher for the Session's services by name, past all caches; what else holds the name is told apart. */
  async lookUp(session: Session): Promise<{ ours: SeenService[]; others: SeenService[] }> {
    const found = await this.#findByNames(session);
    const isOurs = ({ sessionUid }: SeenService): boolean => sessionUid === session.metadata.uid;
    const ours = found.filter(isOurs);
    for (const service of ours) this.saw(service);
    return { ours, others: found.filter((service) => !isOurs(service)) };
  }

  /** A service that was claimed may still have its old name. */
  async #findByNames({ metadata, status }: Session): Promise<SeenService[]> {
    const { [CLAIMED_AS_ANNOTATION]: before = metadata.name } = metadata.annotations;
    const names = new Set([metadata.name, status.service?.name ?? metadata.name, before]);
    const found = await Promise.all([...names].map((name) => this.gateway.findByName(name)));
    return found.flat().filter(({ gone }) => !gone);
  }

  async #refresh(session: Session, id: string): Promise<void> {
    const found = await this.gateway.read(id);
    if (found) this.saw(found.service);
    else this.informer.delete(keyOf({ kind: 'service', id }));
    this.#sawContainers(session, id, found?.containers ?? []);
  }

  /** Containers of a service that its own list no longer has were replaced. */
  #sawContainers(session: Session, serviceId: string, containers: readonly SeenContainer[]): void {
    const listed = new Set(containers.map(({ id }) => id));
    for (const container of this.#index.containers(session)) {
      if (container.serviceIds.includes(serviceId) && !listed.has(container.id)) this.informer.delete(keyOf(container));
    }
    for (const container of containers) this.saw(container);
  }
}
