import type { Container, Service } from '@mooring/rancher-client';
import type { Session } from '@mooring/resources';
import type { Informer } from '../runtime/informer.js';
import { SESSION_LABEL } from './labels.js';
import { byPreference, isGone, type ObservedService, observeService } from './observed.js';
import type { RancherObject } from './rancher-gateway.js';

/** The uid of the Session that a service or a container of ours says it belongs to. */
export function sessionUidOf({ kind, object }: RancherObject): string | undefined {
  const labels = kind === 'service' ? object.launchConfig?.labels : object.labels;
  const uid = labels?.[SESSION_LABEL];
  return typeof uid === 'string' ? uid : undefined;
}

interface Entry {
  services: Map<string, Service>;
  containers: Map<string, Container>;
}

/** Which services and containers belong to which Session, kept in step with the informer: a look-up scans nothing. */
export class SessionIndex {
  readonly #byUid = new Map<string, Entry>();

  constructor(
    private readonly informer: Informer<RancherObject>,
    private readonly keyOf: (object: RancherObject) => string,
  ) {
    informer.onChange((object) => this.#update(object));
  }

  /** The Session's services that aren't gone, the serving one first. */
  services(session: Session): ObservedService[] {
    const entry = this.#byUid.get(session.metadata.uid);
    if (!entry) return [];
    const containers = [...entry.containers.values()];
    const services = [...entry.services.values()].filter((service) => !isGone(service));
    const observed = services.map((service) =>
      observeService(
        service,
        containers.filter(({ serviceIds }) => serviceIds?.includes(service.id)),
      ),
    );
    return byPreference(observed, session);
  }

  /** All containers that say they are the Session's. */
  containers(session: Session): Container[] {
    return [...(this.#byUid.get(session.metadata.uid)?.containers.values() ?? [])];
  }

  #update(change: RancherObject): void {
    const uid = sessionUidOf(change);
    if (uid === undefined) return;
    const entry = this.#byUid.get(uid) ?? { services: new Map(), containers: new Map() };
    const known = this.informer.get(this.keyOf(change)) !== undefined;
    if (change.kind === 'service') put(entry.services, change.object, known);
    else put(entry.containers, change.object, known);
    if (entry.services.size + entry.containers.size === 0) this.#byUid.delete(uid);
    else this.#byUid.set(uid, entry);
  }
}

function put<T extends { id: string }>(map: Map<string, T>, object: T, known: boolean): void {
  if (known) map.set(object.id, object);
  else map.delete(object.id);
}
