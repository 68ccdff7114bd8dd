import { removeContainer, restartContainer, startContainer, stopContainer } from '../../lifecycle/transitions.js';
import { parseId } from '../../model/ids.js';
import type { ContainerRecord } from '../../model/records.js';
import type { Store } from '../../store/store.js';
import { containerActions } from '../actions.js';
import { hostApiProxyDisabled, invalid } from '../errors.js';
import { containerValue } from '../query/field-values.js';
import { CONTAINER_FILTERS } from '../query/filter-fields.js';
import type { Views } from '../render/views.js';
import { checkAction } from './available.js';
import type { Input, Resource } from './resource.js';

const TRANSITIONS: Readonly<Record<string, (container: ContainerRecord) => ContainerRecord>> = {
  start: startContainer,
  stop: stopContainer,
  restart: restartContainer,
  remove: removeContainer,
};

/** The API's containers. They come with services; none is created by itself. */
export class Containers {
  readonly #store: Store;
  readonly #views: Views;

  constructor(store: Store, views: Views) {
    this.#store = store;
    this.#views = views;
  }

  /** @param type what lists call them: `container`, or `instance` under Rancher's other name for them */
  resource(type: 'container' | 'instance'): Resource<ContainerRecord> {
    const { containers, services } = this.#store;
    return {
      type,
      filters: CONTAINER_FILTERS,
      createTypes:
        type === 'instance'
          ? { container: 'containers' }
          : { container: 'containers', launchConfig: 'launchconfigs', virtualMachine: 'virtualmachines' },
      isPaged: true,
      all: () => containers.all().filter((container) => container.state !== 'removed'),
      find: (id) => containers.get(parseId(id) ?? 0),
      value: containerValue,
      render: (container, scope) => this.#views.container(container, scope),
      related: {
        services: (container, scope) => {
          const service = services.get(container.serviceId);
          return { type: 'service', many: service ? [this.#views.service(service, scope)] : [] };
        },
        hosts: (_container, scope) => ({ type: 'host', many: [this.#views.host(scope)] }),
      },
      remove: (container) => (container.wanted === 'removed' ? container : this.#put(removeContainer(container))),
      act: (container, action, input) => this.#act(container, action, input),
    };
  }

  #act(container: ContainerRecord, action: string, input: Input): ContainerRecord {
    checkAction('container', action, containerActions(container.state));
    if (action === 'execute' && input.command === undefined) throw invalid('MissingRequired', 'command');
    const transition = TRANSITIONS[action];
    if (!transition) throw hostApiProxyDisabled();
    return this.#put(transition(container));
  }

  #put(container: ContainerRecord): ContainerRecord {
    this.#store.put(container);
    return container;
  }
}
