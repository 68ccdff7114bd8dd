import { randomUUID } from 'node:crypto';
import { activateService, deactivateService, removeStack } from '../../lifecycle/transitions.js';
import { parseId } from '../../model/ids.js';
import type { ServiceRecord, StackRecord } from '../../model/records.js';
import type { Pace } from '../../pace.js';
import { ROOT, type Store } from '../../store/store.js';
import { KNOWN_ACTIONS, stackActions } from '../actions.js';
import { conflict, invalid } from '../errors.js';
import { createFields } from '../fields.js';
import { stackValue } from '../query/field-values.js';
import { STACK_FILTERS } from '../query/filter-fields.js';
import { composeConfig } from '../render/compose.js';
import { renderProject } from '../render/surroundings.js';
import type { Views } from '../render/views.js';
import { readStackCreate, readStackUpdate } from '../service-input.js';
import { checkAvailable, NameGate } from './available.js';
import { type Acted, type ActionRequest, type Context, type Input, nothing, type Resource } from './resource.js';

const isGone = (stack: StackRecord): boolean => stack.state === 'removing' || stack.state === 'removed';

/**
 * Of stacks' names the case counts, where it doesn't of services': Rancher asks its database for the very name. (One over
 * MySQL doesn't distinguish; the recorded one, over H2, does.)
 */
const sameCase = (name: string, stacks: readonly StackRecord[]): StackRecord[] => stacks.filter((stack) => stack.name === name);
const isSameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const DONE_AT_ONCE: ReadonlySet<string> = new Set(['activateservices', 'deactivateservices', 'addoutputs']);
const CAN_GO_DOWN: ReadonlySet<ServiceRecord['state']> = new Set([
  'active',
  'activating',
  'updating-active',
  'updating-inactive',
  'restarting',
]);
const IS_DOWN: ReadonlySet<ServiceRecord['state']> = new Set(['removed', 'removing', 'inactive', 'deactivating']);

const withOutputs = (stack: StackRecord, input: Input): StackRecord => {
  const { outputs } = createFields({ outputs: { type: 'stringMap', required: true, isNeverNull: true } }, input) as Pick<
    StackRecord,
    'outputs'
  >;
  return { ...stack, outputs: { ...stack.outputs, ...outputs } };
};

/** The API's stacks. */
export class Stacks {
  readonly #store: Store;
  readonly #views: Views;
  readonly #names: NameGate;

  constructor(store: Store, views: Views, pace: Pace) {
    this.#store = store;
    this.#views = views;
    this.#names = new NameGate(store, pace);
  }

  /** @param type `stack`, or `environment` as v1 calls them */
  resource(type: 'stack' | 'environment'): Resource<StackRecord> {
    const { stacks } = this.#store;
    const shown = (stack: StackRecord, { scope }: Context) => this.#views.stack(stack, scope);
    return {
      type,
      filters: STACK_FILTERS,
      createTypes: { composeProject: 'composeprojects', kubernetesStack: 'kubernetesstacks', stack: 'stacks' },
      isPaged: true,
      actions: KNOWN_ACTIONS.stack,
      failsOnUnknown: true,
      children: { services: { type: 'service', field: 'stackId' } },
      all: () => stacks.all().filter((stack) => stack.state !== 'removed'),
      find: (id) => stacks.get(parseId(id) ?? 0),
      value: stackValue,
      render: shown,
      related: this.#relations(),
      create: (input, context) => shown(this.#create(input), context),
      update: (stack, input, context) => shown(this.#update(stack, input), context),
      remove: (stack, context) => shown(isGone(stack) ? stack : this.#put(removeStack(stack)), context),
      act: (stack, request, context) => this.#act(stack, request, context),
    };
  }

  #relations(): Resource<StackRecord>['related'] {
    const views = this.#views;
    return {
      services: (stack, { scope }) => ({
        type: 'service',
        many: views.servicesOf(stack.id).map((service) => views.service(service, scope)),
      }),
      instances: (stack, { scope }) => ({
        type: 'instance',
        many: views
          .servicesOf(stack.id)
          .flatMap((service) => views.containersOf(service.id))
          .map((container) => views.container(container, scope)),
      }),
      account: (_stack, { scope, caller }) => ({ one: renderProject(scope, caller) }),
      hosts: nothing('host'),
      scheduledupgrades: nothing('scheduledUpgrade'),
      secrets: nothing('secret'),
      volumetemplates: nothing('volumeTemplate'),
      volumes: nothing('volume'),
    };
  }

  #create(body: Input): StackRecord {
    const { name = '', description, externalId, outputs, system = false } = readStackCreate(body);
    this.#names.refuseTaken(sameCase(name, this.#store.stacks.namesakesOf(ROOT, name)));
    const stack = this.#put({
      kind: 'stack',
      id: this.#store.stacks.nextId(),
      uuid: randomUUID(),
      name,
      description: description ?? null,
      outputs: outputs ?? null,
      externalId: externalId ?? null,
      system,
      state: 'activating',
      createdTS: Date.now(),
      removedTS: null,
    });
    this.#names.created(stack);
    return stack;
  }

  #update(stack: StackRecord, body: Input): StackRecord {
    const input = readStackUpdate(body);
    if (input.name !== undefined && !isSameName(input.name, stack.name))
      this.#names.refuseTaken(sameCase(input.name, this.#store.stacks.namesakesOf(ROOT, input.name)));
    if (isGone(stack)) throw conflict();
    return this.#put({ ...stack, ...input });
  }

  #act(stack: StackRecord, { action, input }: ActionRequest, { scope }: Context): Acted {
    checkAvailable(action, stackActions(stack.state));
    if (action === 'remove') return { status: 202, body: this.#views.stack(this.#put(removeStack(stack)), scope) };
    if (action === 'exportconfig') return { status: 200, body: composeConfig(this.#views.servicesOf(stack.id)) };
    if (action === 'activateservices') this.#activateAll(stack);
    if (action === 'deactivateservices') this.#deactivateAll(stack);
    const changed = action === 'addoutputs' ? this.#put(withOutputs(stack, input)) : stack;
    return { status: DONE_AT_ONCE.has(action) ? 200 : 202, body: this.#views.stack(changed, scope) };
  }

  #activateAll(stack: StackRecord): void {
    for (const service of this.#views.servicesOf(stack.id)) {
      if (service.state === 'inactive') this.#store.put(...activateService(service, this.#views.containersOf(service.id)));
    }
  }

  /** Ends at the first service that can't be deactivated as it is, e.g. in an upgrade. */
  #deactivateAll(stack: StackRecord): void {
    for (const service of this.#views.servicesOf(stack.id)) {
      if (IS_DOWN.has(service.state)) continue;
      if (!CAN_GO_DOWN.has(service.state)) {
        const reason = `Service ${service.name} is not in valid state to be deactivated: ${service.state}`;
        throw invalid('InvalidState', reason);
      }
      this.#store.put(...deactivateService(service, this.#views.containersOf(service.id)));
    }
  }

  #put(stack: StackRecord): StackRecord {
    this.#store.put(stack);
    return stack;
  }
}
