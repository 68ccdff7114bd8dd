import type { Load } from './placement.js';
import { publicPortsOf } from './ports.js';
import type { AnyRecord, ContainerRecord, HostRecord, ServiceRecord } from './records.js';

/** How often each key was taken. */
class Tally<K> {
  readonly #counts = new Map<K, number>();

  add(key: K, by: 1 | -1): void {
    const count = (this.#counts.get(key) ?? 0) + by;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }

  has(key: K): boolean {
    return this.#counts.has(key);
  }

  get(key: K): number {
    return this.#counts.get(key) ?? 0;
  }
}

interface Share {
  host: number | null;
  unit: string;
  ports: readonly number[];
}

const shareOf = ({ state, hostId, launchConfig, deploymentUnitUuid: unit }: ContainerRecord): Share | undefined => {
  if (state === 'removed' || state === 'error') return undefined;
  const isUp = state === 'running' || state === 'starting';
  return { host: hostId, unit, ports: isUp ? publicPortsOf(launchConfig.ports ?? []) : [] };
};

/** Which ports and hosts are taken, kept up to date change by change: looking through ten thousand containers for each would not do. */
export class Occupancy {
  readonly #servicePorts = new Tally<number>();
  readonly #hostPorts = new Tally<string>();
  readonly #perHost = new Tally<number>();
  readonly #services = new Map<number, readonly number[]>();
  readonly #containers = new Map<number, Share>();

  note(records: readonly AnyRecord[]): void {
    for (const record of records) {
      if (record.kind === 'service') this.#noteService(record);
      if (record.kind === 'container') this.#noteContainer(record);
    }
  }

  /** Whether a service that isn't removed has this public port. */
  isServicePort(port: number): boolean {
    return this.#servicePorts.has(port);
  }

  /** What the hosts bear but for one container. Those of one unit share their ports: an upgrade replaces one by the other (recording 04-46). */
  loads(hosts: readonly HostRecord[], except: ContainerRecord): Load[] {
    const mine = this.#containers.get(except.id);
    const { deploymentUnitUuid: unit } = except;
    return hosts.map((host) => ({
      host,
      containers: this.#perHost.get(host.id) - (mine?.host === host.id ? 1 : 0),
      hasPort: (port) => this.#hostPorts.get(`${host.id}:${port}`) > this.#hostPorts.get(`${host.id}:${port}:${unit}`),
    }));
  }

  #noteService(service: ServiceRecord): void {
    for (const port of this.#services.get(service.id) ?? []) this.#servicePorts.add(port, -1);
    const ports = service.state === 'removed' ? [] : publicPortsOf(service.launchConfig?.ports ?? []);
    for (const port of ports) this.#servicePorts.add(port, 1);
    if (ports.length > 0) this.#services.set(service.id, ports);
    else this.#services.delete(service.id);
  }

  #noteContainer(container: ContainerRecord): void {
    const before = this.#containers.get(container.id);
    if (before) this.#weigh(before, -1);
    const share = shareOf(container);
    if (share) this.#weigh(share, 1);
    if (share) this.#containers.set(container.id, share);
    else this.#containers.delete(container.id);
  }

  #weigh({ host, unit, ports }: Share, by: 1 | -1): void {
    if (host === null) return;
    this.#perHost.add(host, by);
    for (const port of ports) {
      this.#hostPorts.add(`${host}:${port}`, by);
      this.#hostPorts.add(`${host}:${port}:${unit}`, by);
    }
  }
}
