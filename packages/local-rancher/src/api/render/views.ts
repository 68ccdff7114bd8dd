import type { AnyRecord, ContainerRecord, ServiceRecord, StackRecord } from '../../model/records.js';
import type { Store } from '../../store/store.js';
import { renderContainer } from './container.js';
import type { Scope } from './links.js';
import { renderService } from './service.js';
import { renderStack } from './stack.js';
import { renderHost } from './surroundings.js';

export type Body = Record<string, unknown>;

/** Objects as answers show them, together with what they refer to. */
export class Views {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
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
    return renderContainer(container, scope);
  }

  host(scope: Scope): Body {
    const present = this.#store.containers.all().filter((container) => container.state !== 'removed');
    return renderHost(present, scope);
  }

  any(record: AnyRecord, scope: Scope): Body {
    if (record.kind === 'stack') return this.stack(record, scope);
    return record.kind === 'service' ? this.service(record, scope) : this.container(record, scope);
  }
}
