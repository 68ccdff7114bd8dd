import { randomUUID } from 'node:crypto';
import type { Store } from '../store/store.js';
import type { AnyRecord, ContainerRecord, ServiceRecord } from './records.js';

/** Rancher keeps them for days; here the latest of each service are enough. */
const KEPT = 50;

export interface ServiceLogEntry {
  id: number;
  serviceId: number;
  instanceId: number | null;
  eventType: string;
  description: string;
  level: 'info' | 'error';
  subLog: boolean;
  transactionId: string;
  createdTS: number;
  endTS: number | null;
}

type What = Pick<ServiceLogEntry, 'eventType' | 'description'> & Partial<Pick<ServiceLogEntry, 'level' | 'instanceId' | 'subLog'>>;

const counts = (requested: number, created: number): string =>
  `Requested: ${requested}, Created: ${created}, Unhealthy: 0, Bad: 0, Incomplete: 0`;

/** A process of a service by its first state: the name in its events and the sentence that it begins with (recording 05-05). */
const PROCESSES: Partial<Record<ServiceRecord['state'], readonly [event: string, description: string]>> = {
  activating: ['service.activate', 'Activating service'],
  'updating-active': ['service.update', 'Updating service'],
  deactivating: ['service.deactivate', 'Deactivating service'],
  upgrading: ['service.upgrade', 'Upgrading service'],
  'rolling-back': ['service.rollback', 'Rolling back service'],
  removing: ['service.remove', 'Removing service'],
};

interface Open {
  event: string;
  transactionId: string;
}

/** What services went through, as Rancher tells it under `serviceLogs`. Kept in memory only. */
export class ServiceLogs {
  readonly #entries = new Map<number, ServiceLogEntry[]>();
  readonly #seen = new Map<number, Pick<ServiceRecord, 'state' | 'failure'>>();
  readonly #containers = new Set<number>();
  readonly #open = new Map<number, Open>();
  #lastId = 0;

  constructor(store: Store) {
    for (const service of store.services.values()) this.#seen.set(service.id, service);
    for (const container of store.containers.values()) this.#containers.add(container.id);
    store.onChange((records) => this.#note(records));
  }

  of(serviceId: number): readonly ServiceLogEntry[] {
    return this.#entries.get(serviceId) ?? [];
  }

  all(): ServiceLogEntry[] {
    return [...this.#entries.values()].flat().sort((a, b) => a.id - b.id);
  }

  #note(records: readonly AnyRecord[]): void {
    for (const record of records) {
      if (record.kind === 'service') this.#noteService(record);
      if (record.kind === 'container') this.#noteContainer(record);
    }
  }

  #noteService(service: ServiceRecord): void {
    const { id, state, failure } = service;
    const before = this.#seen.get(id);
    this.#seen.set(id, { state, failure });
    if (before?.state !== state) this.#moved(service);
    if (failure !== null && failure !== before?.failure) this.#failed(id, failure);
  }

  #moved(service: ServiceRecord): void {
    const process = PROCESSES[service.state];
    const open = this.#open.get(service.id);
    if (open && service.state === 'active') {
      const description = `Service reconciled: ${counts(service.scale, service.currentScale ?? 0)}`;
      this.#add(service.id, { eventType: `${open.event}.info`, description });
    }
    this.#end(service.id);
    if (process) this.#begin(service, process);
  }

  #begin(service: ServiceRecord, [event, description]: readonly [string, string]): void {
    this.#open.set(service.id, { event, transactionId: randomUUID() });
    this.#add(service.id, { eventType: event, description, subLog: false });
    this.#add(service.id, { eventType: `${event}.info`, description: counts(service.scale, 0) });
    this.#add(service.id, { eventType: `${event}.wait`, description: 'Waiting for instances to start' });
  }

  #failed(id: number, description: string): void {
    const event = this.#open.get(id)?.event ?? 'service.update';
    this.#add(id, { eventType: `${event}.wait.exception`, description, level: 'error' });
    this.#add(id, { eventType: `${event}.exception`, description, level: 'error' });
  }

  #noteContainer({ id, serviceId, state }: ContainerRecord): void {
    if (state === 'removed') this.#containers.delete(id);
    if (state !== 'requested' || this.#containers.has(id)) return;
    this.#containers.add(id);
    this.#add(serviceId, { eventType: 'service.instance.create', description: 'Creating extra service instance', instanceId: id });
  }

  #add(serviceId: number, what: What): void {
    this.#lastId += 1;
    const transactionId = this.#open.get(serviceId)?.transactionId ?? randomUUID();
    const entry = { instanceId: null, level: 'info' as const, subLog: true, ...what };
    const entries = this.#entries.get(serviceId) ?? [];
    entries.push({ ...entry, id: this.#lastId, serviceId, transactionId, createdTS: Date.now(), endTS: null });
    this.#entries.set(serviceId, entries.slice(-KEPT));
  }

  #end(serviceId: number): void {
    this.#open.delete(serviceId);
    for (const entry of this.#entries.get(serviceId) ?? []) entry.endTS ??= Date.now();
  }
}
