import { removeContainer, restartContainer, startContainer, stopContainer } from '../../lifecycle/transitions.js';
import { parseId } from '../../model/ids.js';
import type { ContainerRecord } from '../../model/records.js';
import type { Store } from '../../store/store.js';
import { containerActions, KNOWN_ACTIONS } from '../actions.js';
import { internalError, invalid } from '../errors.js';
import { createFields, type FieldRules, takeFields } from '../fields.js';
import { containerValue } from '../query/field-values.js';
import { CONTAINER_FILTERS } from '../query/filter-fields.js';
import { renderProject } from '../render/surroundings.js';
import type { Views } from '../render/views.js';
import { checkAvailable } from './available.js';
import { type Acted, type ActionRequest, type Context, type Input, nothing, type Resource } from './resource.js';

const TRANSITIONS: Readonly<Record<string, (container: ContainerRecord) => ContainerRecord>> = {
  start: startContainer,
  stop: stopContainer,
  restart: restartContainer,
  remove: removeContainer,
};

/** Recording 08-10-schema-container: what a PUT may change. */
const UPDATE: FieldRules = { name: { type: 'string', maxLength: 255 }, description: { type: 'string', maxLength: 1024 } };

/** Recordings 08-10-schema-containerExec and so on: what an action takes. */
const INPUTS: Readonly<Record<string, FieldRules>> = {
  execute: { command: { type: 'strings', required: true, isNeverNull: true } },
  logs: { lines: { type: 'int' } },
  proxy: { port: { type: 'int', min: 0 }, scheme: { type: 'string', options: ['http', 'https'] } },
  stop: { timeout: { type: 'int' } },
};

/** The API's containers. They come with services; none is created by itself. */
export class Containers {
  readonly #store: Store;
  readonly #views: Views;

  constructor(store: Store, views: Views) {
    this.#store = store;
    this.#views = views;
  }

  /** @param type what lists call them: `container`, or `instance` under Rancher's other name for them, which only reads and acts */
  resource(type: 'container' | 'instance'): Resource<ContainerRecord> {
    const { containers } = this.#store;
    const shown = (container: ContainerRecord, { scope }: Context) => this.#views.container(container, scope);
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
      render: shown,
      related: this.#relations(),
      actions: KNOWN_ACTIONS[type],
      act: (container, request, context) => this.#act(container, request, context),
      ...(type === 'container' && {
        update: (container, input, context) => shown(this.#update(container, input), context),
        remove: (container, context) => shown(this.#remove(container), context),
      }),
    };
  }

  #relations(): Resource<ContainerRecord>['related'] {
    const { services, hosts } = this.#store;
    const views = this.#views;
    return {
      services: ({ serviceId }, { scope }) => {
        const service = services.get(serviceId);
        return { type: 'service', many: service ? [views.service(service, scope)] : [] };
      },
      hosts: ({ hostId }, { scope }) => {
        const host = hosts.get(hostId ?? 0);
        return { type: 'host', many: host ? [views.host(host, scope)] : [] };
      },
      account: (_container, { scope, caller }) => ({ one: renderProject(scope, caller) }),
      ports: (container, { scope }) => ({ type: 'port', many: views.portsOf([container], scope) }),
      serviceexposemaps: ({ serviceId, id }, { scope }) => ({
        type: 'serviceExposeMap',
        many: views.exposeMapsOf(serviceId, scope, id),
      }),
      servicelogs: ({ serviceId }, { scope }) => ({ type: 'serviceLog', many: views.logsOf(serviceId, scope) }),
      credentials: nothing('credential'),
      healthcheckinstancehostmaps: nothing('healthcheckInstanceHostMap'),
      instancelabels: nothing('instanceLabel'),
      instancelinks: nothing('instanceLink'),
      instances: nothing('instance'),
      mounts: nothing('mount'),
      serviceevents: nothing('serviceEvent'),
      targetinstancelinks: nothing('instanceLink'),
      volumes: nothing('volume'),
      // The recorded Rancher failed here (05-23); what it lists as `stats` isn't there (05-23b).
      containerstats: () => {
        throw internalError();
      },
    };
  }

  #remove(container: ContainerRecord): ContainerRecord {
    return container.wanted === 'removed' ? container : this.#put(removeContainer(container));
  }

  #update(container: ContainerRecord, input: Input): ContainerRecord {
    const { name = container.name, description } = takeFields(UPDATE, input) as { name?: string; description?: string };
    const others = this.#store.containers.all().filter(({ id, state }) => id !== container.id && state !== 'removed');
    if (others.some((other) => other.name === name)) throw invalid('NotUnique', 'name');
    const launchConfig = { ...container.launchConfig, ...(description !== undefined && { description }) };
    return this.#put({ ...container, name, launchConfig });
  }

  #act(container: ContainerRecord, { action, input }: ActionRequest, { scope }: Context): Acted {
    checkAvailable(action, containerActions(container.state));
    createFields(INPUTS[action] ?? {}, input);
    const stream = this.#views.streams.actionOf(action, container, input, scope);
    if (stream) return { status: 200, body: stream };
    const transition = TRANSITIONS[action];
    const changed = transition ? this.#put(transition(container)) : container;
    return { status: 202, body: this.#views.container(changed, scope) };
  }

  #put(container: ContainerRecord): ContainerRecord {
    this.#store.put(container);
    return container;
  }
}
