import type {
  AnyRecord,
  ApiKeyRecord,
  ContainerRecord,
  HostRecord,
  ResourceRecord,
  ServiceRecord,
  StackRecord,
} from '../../model/records.js';
import type { ServiceLogs } from '../../model/service-logs.js';
import type { Pace } from '../../pace.js';
import type { Store } from '../../store/store.js';
import type { StreamAccess } from '../../streams/stream-access.js';
import { renderApiKey } from './api-key.js';
import { renderContainer } from './container.js';
import { renderHost } from './host.js';
import type { Scope } from './links.js';
import { renderExposeMap, renderPorts, renderServiceLog } from './parts.js';
import { renderService } from './service.js';
import { renderStack } from './stack.js';

export type Body = Record<string, unknown>;

interface ViewsOptions {
  store: Store;
  serviceLogs: ServiceLogs;
  streams: StreamAccess;
  pace: Pick<Pace, 'purgedAfterMs'>;
}

/** Objects as answers show them, together with what they refer to. */
export class Views {
  readonly #store: Store;
  readonly serviceLogs: ServiceLogs;
  readonly streams: StreamAccess;
  readonly #pace: Pick<Pace, 'purgedAfterMs'>;

  constructor({ store, serviceLogs, streams, pace }: ViewsOptions) {
    this.#store = store;
    this.serviceLogs = serviceLogs;
    this.streams = streams;
    this.#pace = pace;
  }

  servicesOf(stackId: number): ServiceRecord[] {
    return this.#store.services.childrenOf(stackId).filter((service) => service.state !== 'removed');
  }

  containersOf(serviceId: number): ContainerRecord[] {
    return this.#store.containers.childrenOf(serviceId).filter((container) => container.state !== 'removed');
  }

  stack(stack: StackRecord, scope: Scope): Body {
    return renderStack(stack, this.servicesOf(stack.id), scope);
  }

  service(service: ServiceRecord, scope: Scope): Body {
    return renderService(service, this.containersOf(service.id), scope);
  }

  container(container: ContainerRecord, scope: Scope): Body {
    return renderContainer(container, this.isPurged(container), scope);
  }

  protected isPurged({ removedTS }: ContainerRecord): boolean {
    return removedTS !== null && Date.now() - removedTS > this.#pace.purgedAfterMs;
  }

  host(host: HostRecord, scope: Scope): Body {
    return renderHost(host, this.containersOn(host.id), scope);
  }

  containersOn(hostId: number): ContainerRecord[] {
    return this.#store.containers.all().filter((container) => container.hostId === hostId && container.state !== 'removed');
  }

  apiKey(key: ApiKeyRecord, scope: Scope): Body {
    return renderApiKey(key, scope);
  }

  logsOf(serviceId: number, scope: Scope): Body[] {
    return this.serviceLogs.of(serviceId).map((entry) => renderServiceLog(entry, scope));
  }

  /** One for each container of the service, or for that one. */
  exposeMapsOf(serviceId: number, scope: Scope, containerId?: number): Body[] {
    const containers = this.containersOf(serviceId).filter(({ id }) => containerId === undefined || id === containerId);
    return containers.map((container) => renderExposeMap(container, scope));
  }

  portsOf(containers: readonly ContainerRecord[], scope: Scope): Body[] {
    return containers.flatMap((container) => renderPorts(container, scope));
  }

  any(record: ResourceRecord, scope: Scope): Body {
    if (record.kind === 'stack') return this.stack(record, scope);
    if (record.kind === 'service') return this.service(record, scope);
    if (record.kind === 'container') return this.container(record, scope);
    return record.kind === 'host' ? this.host(record, scope) : this.apiKey(record, scope);
  }
}

/** What subscribers are told of; who may call is nobody's business. */
export const isShown = (record: AnyRecord): record is ResourceRecord => record.kind !== 'access' && record.kind !== 'apiKey';
