import { randomUUID } from 'node:crypto';
import { activateService, deactivateService, removeService, restartService, stateAfterUpdate } from '../../lifecycle/transitions.js';
import { parseId } from '../../model/ids.js';
import type { AnyRecord, ContainerRecord, ServiceRecord, StackRecord } from '../../model/records.js';
import type { Store } from '../../store/store.js';
import { serviceActions } from '../actions.js';
import { conflict, invalid } from '../errors.js';
import { serviceValue } from '../query/field-values.js';
import { SERVICE_FILTERS } from '../query/filter-fields.js';
import type { Views } from '../render/views.js';
import { checkLaunchConfig, readServiceCreate, readServiceUpdate, type ServiceInput } from '../service-input.js';
import { checkAction, refuseTakenName } from './available.js';
import type { Input, Resource } from './resource.js';

const SERVICE_KINDS = ['dnsService', 'externalService', 'loadBalancerService', 'networkDriverService', 'service', 'storageDriverService'];

/** A PUT that names one of these makes Rancher update the service (recordings 03-20 to 03-31). */
const UPDATING_FIELDS = ['name', 'scale', 'metadata'] as const;

const FINAL: ReadonlySet<ServiceRecord['state']> = new Set(['removing', 'removed']);
/** A PUT conflicts with what is under way (recording 07-15c). */
const BUSY: ReadonlySet<ServiceRecord['state']> = new Set(['registering', 'deactivating', 'removing', 'restarting']);

/** The API's services. */
export class Services {
  readonly #store: Store;
  readonly #views: Views;

  constructor(store: Store, views: Views) {
    this.#store = store;
    this.#views = views;
  }

  resource(): Resource<ServiceRecord> {
    const { services, stacks } = this.#store;
    return {
      type: 'service',
      filters: SERVICE_FILTERS,
      createTypes: Object.fromEntries(SERVICE_KINDS.map((kind) => [kind, `${kind.toLowerCase()}s`])),
      isPaged: true,
      all: () => services.all().filter((service) => service.state !== 'removed'),
      find: (id) => services.get(parseId(id) ?? 0),
      value: serviceValue,
      render: (service, scope) => this.#views.service(service, scope),
      related: {
        instances: (service, scope) => ({
          type: 'instance',
          many: this.#views.containersOf(service.id).map((container) => this.#views.container(container, scope)),
        }),
        stack: (service, scope) => ({ one: this.#views.stack(stacks.get(service.stackId) as StackRecord, scope) }),
      },
      create: (input) => this.#create(input),
      update: (service, input) => this.#update(service, input),
      remove: (service) => (FINAL.has(service.state) ? service : this.#apply(service, removeService)),
      act: (service, action, input) => this.#act(service, action, input),
    };
  }

  #create(body: Input): ServiceRecord {
    const input = readServiceCreate(body);
    const stack = this.#stackOf(input.stackId);
    const name = input.name ?? '';
    // Rancher checks and writes in two steps, so that of parallel creates several pass (recording 11-09); here the check holds.
    refuseTakenName(name, this.#store.services.childrenOf(stack.id));
    if (input.launchConfig) checkLaunchConfig(input.launchConfig, input.selectorContainer !== undefined);
    const service = this.#newService(stack, name, input);
    this.#store.put(service);
    return service;
  }

  /** @throws ApiError as in the recordings 03-02* and 07-19d */
  #stackOf(stackId: unknown): StackRecord {
    const invalidState = invalid('InvalidState', 'stackId', 'stack is not in a valid state');
    if (stackId === undefined) throw invalidState;
    const stack = this.#store.stacks.get(parseId(String(stackId)) ?? 0);
    if (!stack) throw invalid('InvalidReference', 'stackId');
    if (stack.state === 'removing' || stack.state === 'removed') throw invalidState;
    return stack;
  }

  #newService(stack: StackRecord, name: string, input: ServiceInput): ServiceRecord {
    return {
      kind: 'service',
      id: this.#store.services.nextId(),
      uuid: randomUUID(),
      name,
      stackId: stack.id,
      description: input.description ?? null,
      externalId: input.externalId ?? null,
      metadata: input.metadata ?? null,
      state: 'registering',
      failure: null,
      healthState: 'healthy',
      scale: input.scale ?? 1,
      currentScale: null,
      createIndex: 0,
      startOnCreate: input.startOnCreate ?? false,
      assignServiceIpAddress: input.assignServiceIpAddress ?? false,
      selectorContainer: input.selectorContainer ?? null,
      selectorLink: input.selectorLink ?? null,
      retainIp: input.retainIp ?? null,
      launchConfig: input.launchConfig ?? null,
      createdTS: Date.now(),
      removedTS: null,
    };
  }

  #update(service: ServiceRecord, body: Input): ServiceRecord {
    const input = readServiceUpdate(body);
    const others = this.#store.services.childrenOf(service.stackId).filter((other) => other.id !== service.id);
    if (input.name !== undefined || service.state === 'removed') refuseTakenName(input.name ?? service.name, others);
    if (BUSY.has(service.state)) throw conflict();
    const isUpdating = UPDATING_FIELDS.some((field) => input[field] !== undefined);
    const next = { ...service, ...input, state: isUpdating ? stateAfterUpdate(service.state) : service.state };
    this.#store.put(next);
    return next;
  }

  #act(service: ServiceRecord, action: string, input: Input): ServiceRecord {
    checkAction('service', action, serviceActions(service.state));
    if (action === 'remove') return this.#apply(service, removeService);
    if (action === 'activate') return this.#apply(service, activateService);
    if (action === 'deactivate') return this.#apply(service, deactivateService);
    if (action === 'restart') return this.#restart(service, input);
    // `update` goes through the states and changes nothing (recording 03-32).
    const next = { ...service, state: stateAfterUpdate(service.state) };
    this.#store.put(next);
    return next;
  }

  #restart(service: ServiceRecord, input: Input): ServiceRecord {
    if (input.rollingRestartStrategy === undefined) throw invalid('MissingRequired', 'rollingRestartStrategy');
    return this.#apply(service, restartService);
  }

  #apply(
    service: ServiceRecord,
    transition: (service: ServiceRecord, containers: readonly ContainerRecord[]) => AnyRecord[],
  ): ServiceRecord {
    this.#store.put(...transition(service, this.#views.containersOf(service.id)));
    return this.#store.services.get(service.id) ?? service;
  }
}
