import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  activateService,
  deactivateService,
  moveUpgrade,
  removeService,
  restartService,
  stateAfterUpdate,
  upgradeService,
} from '../../lifecycle/transitions.js';
import { parseId } from '../../model/ids.js';
import type { AnyRecord, ContainerRecord, ServiceRecord, StackRecord } from '../../model/records.js';
import type { Pace } from '../../pace.js';
import type { Store } from '../../store/store.js';
import { KNOWN_ACTIONS, takenServiceActions } from '../actions.js';
import { conflict, invalid } from '../errors.js';
import type { Views } from '../render/views.js';
import { readSecondaries } from '../secondary-input.js';
import { checkLaunchConfig, readServiceCreate, readServiceUpdate, type ServiceInput, type ServiceUpdate } from '../service-input.js';
import { readLinking } from '../service-links.js';
import { checkRestart, readUpgrade } from '../upgrade-input.js';
import { checkAvailable, NameGate } from './available.js';
import type { Acted, ActionRequest, Context, Input, Resource } from './resource.js';
import { serviceReading } from './service-reading.js';

/** A PUT that changes one of these makes Rancher update the service (recordings 03-20 to 03-31). */
const UPDATING_FIELDS = ['name', 'metadata', 'retainIp', 'selectorContainer', 'selectorLink'] as const;

/** The scale counts as changed whenever it is named (recording 03-31). */
const isUpdate = (service: ServiceRecord, input: ServiceUpdate): boolean =>
  input.scale !== undefined ||
  UPDATING_FIELDS.some((field) => input[field] !== undefined && !isDeepStrictEqual(input[field], service[field]));

const FINAL: ReadonlySet<ServiceRecord['state']> = new Set(['removing', 'removed']);
/** A PUT conflicts with what is under way (recording 07-15c). */
const BUSY: ReadonlySet<ServiceRecord['state']> = new Set(['registering', 'deactivating', 'removing', 'restarting']);

type Transition = (service: ServiceRecord, containers: readonly ContainerRecord[]) => AnyRecord[];

/** Actions that need nothing but the service. */
const TRANSITIONS: Readonly<Record<string, Transition>> = {
  remove: removeService,
  activate: activateService,
  deactivate: deactivateService,
  restart: restartService,
  finishupgrade: (service) => moveUpgrade(service, 'finishing-upgrade'),
  rollback: (service) => moveUpgrade(service, 'rolling-back'),
  cancelupgrade: (service) => moveUpgrade(service, 'canceling-upgrade'),
  continueupgrade: (service) => moveUpgrade(service, 'upgrading'),
};

/** The API's services: what may be asked of them. */
export class Services {
  readonly #store: Store;
  readonly #views: Views;
  readonly #names: NameGate;

  constructor(store: Store, views: Views, pace: Pace) {
    this.#store = store;
    this.#views = views;
    this.#names = new NameGate(store, pace);
  }

  resource(type: string): Resource<ServiceRecord> {
    const shown = (service: ServiceRecord, { scope }: Context) => this.#views.service(service, scope);
    return {
      ...serviceReading(type, this.#store, this.#views),
      actions: KNOWN_ACTIONS.service,
      failsOnUnknown: true,
      create: (input, context) => shown(this.#create(type, input), context),
      update: (service, input, context) => shown(this.#update(service, input), context),
      remove: (service, context) => shown(this.#remove(service), context),
      act: (service, request, context) => this.#act(service, request, context),
    };
  }

  /** A DELETE straight after the POST is lost, at the recorded pace; a second one changes nothing of it (recordings 07-14, 07-14b). */
  #remove(service: ServiceRecord): ServiceRecord {
    if (FINAL.has(service.state)) return service;
    const isLost = service.state === 'registering' && this.#names.isFresh(service);
    return this.#apply(service, (current, containers) => removeService(current, containers, isLost));
  }

  #create(kind: string, body: Input): ServiceRecord {
    const input = readServiceCreate(body);
    const stack = this.#stackOf(input.stackId);
    const name = input.name ?? '';
    this.#names.refuseTaken(this.#store.services.namesakesOf(stack.id, name));
    if (input.launchConfig && kind === 'service') checkLaunchConfig(input.launchConfig, input.selectorContainer !== undefined);
    const service = newService({ id: this.#store.services.nextId(), kind, stack, name, input });
    this.#store.put(service);
    this.#names.created(service);
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

  #update(service: ServiceRecord, body: Input): ServiceRecord {
    const input = readServiceUpdate(body);
    const namesakes = this.#store.services.namesakesOf(service.stackId, input.name ?? service.name);
    const others = namesakes.filter(({ id }) => id !== service.id);
    if (input.name !== undefined || service.state === 'removed') this.#names.refuseTaken(others);
    if (BUSY.has(service.state)) throw conflict();
    return this.#put({ ...service, ...input, ...(isUpdate(service, input) && { state: stateAfterUpdate(service.state), failure: null }) });
  }

  #act(service: ServiceRecord, { action, input }: ActionRequest, { scope }: Context): Acted {
    checkAvailable(action, takenServiceActions(service.state));
    if (action.includes('servicelink')) {
      const { links, shown } = readLinking(action, input, service.linkedServices ?? {}, (id) => this.#store.services.get(id));
      this.#put({ ...service, linkedServices: links });
      return { status: 200, body: this.#views.service({ ...service, linkedServices: shown }, scope) };
    }
    return { status: 202, body: this.#views.service(this.#begin(service, action, input), scope) };
  }

  #begin(service: ServiceRecord, action: string, input: Input): ServiceRecord {
    if (action === 'upgrade') {
      const strategy = readUpgrade(input, service.launchConfig);
      return this.#apply(service, (current) => upgradeService(current, strategy));
    }
    if (action === 'restart') checkRestart(input);
    const transition = TRANSITIONS[action];
    if (transition) return this.#apply(service, transition);
    // `update` goes through the states and changes nothing (recording 03-32).
    return this.#put({ ...service, state: stateAfterUpdate(service.state) });
  }

  #put(service: ServiceRecord): ServiceRecord {
    this.#store.put(service);
    return service;
  }

  #apply(service: ServiceRecord, transition: Transition): ServiceRecord {
    const changed = transition(service, this.#views.containersOf(service.id));
    this.#store.put(...changed);
    // As it was changed: by now more may have happened, which the answer doesn't show (recording 04-05b).
    return changed.find((record) => record.kind === 'service') ?? service;
  }
}

interface NewService {
  id: number;
  kind: string;
  stack: StackRecord;
  name: string;
  input: ServiceInput;
}

const orNull = <T>(value: T | undefined): T | null => value ?? null;

const newService = ({ id, kind, stack, name, input }: NewService): ServiceRecord => ({
  kind: 'service',
  id,
  uuid: randomUUID(),
  name,
  stackId: stack.id,
  serviceKind: kind,
  // What runs in Rancher's own stacks is its own (recording 03-08).
  system: stack.system,
  description: orNull(input.description),
  externalId: orNull(input.externalId),
  metadata: orNull(input.metadata),
  state: 'registering',
  failure: null,
  healthState: 'healthy',
  scale: input.scale ?? 1,
  currentScale: null,
  isRemovalLost: false,
  createIndex: 0,
  startOnCreate: input.startOnCreate ?? false,
  assignServiceIpAddress: input.assignServiceIpAddress ?? false,
  selectorContainer: orNull(input.selectorContainer),
  selectorLink: orNull(input.selectorLink),
  retainIp: orNull(input.retainIp),
  launchConfig: orNull(input.launchConfig),
  secondaryLaunchConfigs: readSecondaries(input.secondaryLaunchConfigs ?? []),
  upgrade: null,
  linkedServices: null,
  createdTS: Date.now(),
  removedTS: null,
});
