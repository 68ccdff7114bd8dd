import type { Container, Service } from '@mooring/rancher-client';
import type { Session } from '@mooring/resources';
import type { Informer } from '../runtime/informer.js';
import { SessionIndex, sessionUidOf } from './index-by-session.js';
import { isGone, type ObservedService } from './observed.js';
import { keyOf, type RancherGateway, type RancherObject } from './rancher-gateway.js';

/** What Rancher holds, as last seen: kept by the informer, and sharpened by reading single services back. */
export class RancherView {
  readonly #index: SessionIndex;

  constructor(
    private readonly informer: Informer<RancherObject>,
    private readonly gateway: RancherGateway,
  ) {
    this.#index = new SessionIndex(informer, keyOf);
  }

  services(session: Session): ObservedService[] {
    return this.#index.services(session);
  }

  /** Reads one of the Session's services and its containers now. */
  async refresh(session: Session, id: string): Promise<void> {
    const found = await this.gateway.read(id);
    if (!found || isGone(found.service)) this.informer.delete(keyOf({ kind: 'service', object: { id } as Service }));
    else this.informer.set({ kind: 'service', object: found.service });
    this.#sawContainers(session, id, found?.containers ?? []);
  }

  /** An answer of Rancher's told how the service is now. */
  saw(service: Service): void {
    this.informer.set({ kind: 'service', object: service });
  }

  sawContainer(container: Container): void {
    this.informer.set({ kind: 'container', object: container });
  }

  /** Asks Rancher for the Session's services by name, past all caches; what else holds the name is told apart. */
  async lookUp(session: Session): Promise<{ ours: Service[]; others: Service[] }> {
    const found = (await this.gateway.findByName(session.metadata.name)).filter((service) => !isGone(service));
    const isOurs = (service: Service): boolean => sessionUidOf({ kind: 'service', object: service }) === session.metadata.uid;
    const ours = found.filter(isOurs);
    for (const service of ours) this.saw(service);
    return { ours, others: found.filter((service) => !isOurs(service)) };
  }

  /** Containers of a service that its own list no longer has were replaced. */
  #sawContainers(session: Session, serviceId: string, containers: readonly Container[]): void {
    const alive = containers.filter((container) => !isGone(container));
    const ids = new Set(alive.map(({ id }) => id));
    for (const object of this.#index.containers(session)) {
      if (object.serviceIds?.includes(serviceId) && !ids.has(object.id)) this.informer.delete(keyOf({ kind: 'container', object }));
    }
    for (const object of alive) this.sawContainer(object);
  }
}
