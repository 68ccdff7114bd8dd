import { randomUUID } from 'node:crypto';
import { activateService, deactivateService, removeStack } from '../../lifecycle/transitions.js';
import { parseId } from '../../model/ids.js';
import type { StackRecord } from '../../model/records.js';
import type { Pace } from '../../pace.js';
import { ROOT, type Store } from '../../store/store.js';
import { serviceActions, stackActions } from '../actions.js';
import { conflict } from '../errors.js';
import { stackValue } from '../query/field-values.js';
import { STACK_FILTERS } from '../query/filter-fields.js';
import { renderProject } from '../render/surroundings.js';
import type { Views } from '../render/views.js';
import { readStackCreate, readStackUpdate } from '../service-input.js';
import { checkAction, NameGate } from './available.js';
import { type Acted, type ActionRequest, type Context, type Input, nothing, type Resource } from './resource.js';

const isGone = (stack: StackRecord): boolean => stack.state === 'removing' || stack.state === 'removed';

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
    const { name = '', description, externalId, system = false } = readStackCreate(body);
    this.#names.refuseTaken(this.#store.stacks.namesakesOf(ROOT, name));
    const stack = this.#put({
      kind: 'stack',
      id: this.#store.stacks.nextId(),
      uuid: randomUUID(),
      name,
      description: description ?? null,
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
    if (input.name !== undefined)
      this.#names.refuseTaken(this.#store.stacks.namesakesOf(ROOT, input.name).filter(({ id }) => id !== stack.id));
    if (isGone(stack)) throw conflict();
    return this.#put({ ...stack, ...input });
  }

  #act(stack: StackRecord, { action }: ActionRequest, { scope }: Context): Acted {
    checkAction('stack', action, stackActions(stack.state));
    if (action === 'remove') return { status: 202, body: this.#views.stack(this.#put(removeStack(stack)), scope) };
    if (action === 'activateservices') this.#eachService(stack, 'activate', activateService);
    if (action === 'deactivateservices') this.#eachService(stack, 'deactivate', deactivateService);
    return { status: action === 'addoutputs' ? 200 : 202, body: this.#views.stack(stack, scope) };
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
