import { randomUUID } from 'node:crypto';
import { activateService, deactivateService, removeStack } from '../../lifecycle/transitions.js';
import { parseId } from '../../model/ids.js';
import type { StackRecord } from '../../model/records.js';
import type { Store } from '../../store/store.js';
import { serviceActions, stackActions } from '../actions.js';
import { conflict } from '../errors.js';
import { stackValue } from '../query/field-values.js';
import { STACK_FILTERS } from '../query/filter-fields.js';
import type { Views } from '../render/views.js';
import { readStackCreate, readStackUpdate } from '../service-input.js';
import { checkAction, refuseTakenName } from './available.js';
import type { Input, Resource } from './resource.js';

const isGone = (stack: StackRecord): boolean => stack.state === 'removing' || stack.state === 'removed';

/** The API's stacks. */
export class Stacks {
  readonly #store: Store;
  readonly #views: Views;

  constructor(store: Store, views: Views) {
    this.#store = store;
    this.#views = views;
  }

  resource(): Resource<StackRecord> {
    const { stacks } = this.#store;
    return {
      type: 'stack',
      filters: STACK_FILTERS,
      createTypes: { composeProject: 'composeprojects', kubernetesStack: 'kubernetesstacks', stack: 'stacks' },
      isPaged: true,
      all: () => stacks.all().filter((stack) => stack.state !== 'removed'),
      find: (id) => stacks.get(parseId(id) ?? 0),
      value: stackValue,
      render: (stack, scope) => this.#views.stack(stack, scope),
      related: {
        services: (stack, scope) => ({
          type: 'service',
          many: this.#views.servicesOf(stack.id).map((service) => this.#views.service(service, scope)),
        }),
        instances: (stack, scope) => ({
          type: 'instance',
          many: this.#views
            .servicesOf(stack.id)
            .flatMap((service) => this.#views.containersOf(service.id))
            .map((container) => this.#views.container(container, scope)),
        }),
      },
      create: (input) => this.#create(input),
      update: (stack, input) => this.#update(stack, input),
      remove: (stack) => (isGone(stack) ? stack : this.#put(removeStack(stack))),
      act: (stack, action) => this.#act(stack, action),
    };
  }

  #create(body: Input): StackRecord {
    const { name = '', description, externalId } = readStackCreate(body);
    refuseTakenName(name, this.#store.stacks.all());
    return this.#put({
      kind: 'stack',
      id: this.#store.stacks.nextId(),
      uuid: randomUUID(),
      name,
      description: description ?? null,
      externalId: externalId ?? null,
      state: 'activating',
      createdTS: Date.now(),
      removedTS: null,
    });
  }

  #update(stack: StackRecord, body: Input): StackRecord {
    const input = readStackUpdate(body);
    const others = this.#store.stacks.all().filter((other) => other.id !== stack.id);
    if (input.name !== undefined) refuseTakenName(input.name, others);
    if (isGone(stack)) throw conflict();
    return this.#put({ ...stack, ...input });
  }

  #act(stack: StackRecord, action: string): StackRecord {
    checkAction('stack', action, stackActions(stack.state));
    if (action === 'remove') return this.#put(removeStack(stack));
    if (action === 'activateservices') this.#eachService(stack, 'activate', activateService);
    if (action === 'deactivateservices') this.#eachService(stack, 'deactivate', deactivateService);
    return stack;
  }

  #eachService(stack: StackRecord, action: string, transition: typeof activateService): void {
    for (const service of this.#views.servicesOf(stack.id)) {
      if (!serviceActions(service.state).includes(action)) continue;
      this.#store.put(...transition(service, this.#views.containersOf(service.id)));
    }
  }

  #put(stack: StackRecord): StackRecord {
    this.#store.put(stack);
    return stack;
  }
}
