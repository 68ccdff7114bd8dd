import type { Session } from '@mooring/resources';
import type { Informer } from '../runtime/informer.js';
import { byPreference, type ObservedService, observeContainer, observeService } from './observed.js';
import { keyOf, type RancherObject, type SeenContainer, type SeenHost, type SeenService } from './seen.js';

interface Entry {
  services: Map<string, SeenService>;
  containers: Map<string, SeenContainer>;
}

/** Which services and containers belong to which Session, and who is on which host, kept in step with the informer: a look-up scans nothing. */
export class SessionIndex {
  readonly #byUid = new Map<string, Entry>();
  readonly #hosts = new Map<string, SeenHost>();
  /** The uids of Sessions by the ids of their containers that have no label: their service may be gone before them. */
  readonly #unlabelled = new Map<string, string>();
  readonly #listeners = new Set<(uid: string) => void>();

  constructor(private readonly informer: Informer<RancherObject>) {
    informer.onChange((object) => this.#update(object));
  }

  /** Tells the uids of Sessions of which something changed. */
  onChange(listener: (uid: string) => void): void {
    this.#listeners.add(listener);
  }

  /** The Session's services that aren't gone, the serving one first. */
  services(session: Session): ObservedService[] {
    const entry = this.#byUid.get(session.metadata.uid);
    if (!entry) return [];
    const containers = [...entry.containers.values()];
    const observed = [...entry.services.values()].map((service) =>
      observeService(
        service,
        containers.filter(({ serviceIds }) => serviceIds.includes(service.id)).map((container) => this.#observed(container)),
      ),
    );
    return byPreference(observed, session);
  }

  /** All containers that say they are the Session's. */
  containers(session: Session): SeenContainer[] {
    return [...(this.#byUid.get(session.metadata.uid)?.containers.values() ?? [])];
  }

  #observed(container: SeenContainer) {
    return observeContainer(container, container.hostId === undefined ? undefined : this.#hosts.get(container.hostId));
  }

  #update(change: RancherObject): void {
    const known = this.informer.get(keyOf(change)) !== undefined;
    if (change.kind === 'host') this.#updateHost(change, known);
    else {
      const uid = change.sessionUid ?? this.#uidByService(change, known);
      if (uid !== undefined) this.#updateSession(uid, change, known);
    }
  }

  /** The container of an imported service has no label of ours; a read of its service tells of it again, should it come before. */
  #uidByService(change: SeenService | SeenContainer, known: boolean): string | undefined {
    if (change.kind === 'service') return undefined;
    const before = this.#unlabelled.get(change.id);
    const uid = change.serviceIds.map((id) => this.#uidOfService(id)).find((found) => found !== undefined) ?? before;
    if (uid !== undefined && known) this.#unlabelled.set(change.id, uid);
    else this.#unlabelled.delete(change.id);
    return uid;
  }

  #uidOfService(id: string): string | undefined {
    const service = this.informer.get(keyOf({ kind: 'service', id }));
    return service?.kind === 'service' ? service.sessionUid : undefined;
  }

  #updateSession(uid: string, change: SeenService | SeenContainer, known: boolean): void {
    const entry = this.#byUid.get(uid) ?? { services: new Map(), containers: new Map() };
    if (change.kind === 'service') put(entry.services, change, known);
    else put(entry.containers, change, known);
    if (entry.services.size + entry.containers.size === 0) this.#byUid.delete(uid);
    else this.#byUid.set(uid, entry);
    this.#tell(uid);
  }

  /** Frames about a host come with every container that starts on it; only its state matters here. One that isn't known counts as active. */
  #updateHost(host: SeenHost, known: boolean): void {
    const stateOf = (id: string): string => this.#hosts.get(id)?.state ?? 'active';
    const before = stateOf(host.id);
    put(this.#hosts, host, known);
    if (before === stateOf(host.id)) return;
    for (const [uid, { containers }] of this.#byUid) {
      if ([...containers.values()].some(({ hostId }) => hostId === host.id)) this.#tell(uid);
    }
  }

  #tell(uid: string): void {
    for (const listener of this.#listeners) listener(uid);
  }
}

function put<T extends { id: string }>(map: Map<string, T>, object: T, known: boolean): void {
  if (known) map.set(object.id, object);
  else map.delete(object.id);
}
