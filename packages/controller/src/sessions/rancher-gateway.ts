import { AsyncResource } from 'node:async_hooks';
import { type Container, type Host, type ProjectClient, RancherError, type Service } from '@mooring/rancher-client';
import PQueue from 'p-queue';
import type { Source, WatchSignal } from '../runtime/informer.js';
import { keyOf, type RancherObject, type SeenContainer, type SeenService, seeContainer, seeHost, seeService } from './seen.js';

type UpgradeAction = 'upgrade' | 'finishupgrade' | 'continueupgrade' | 'cancelupgrade' | 'rollback';

/** Toward Rancher: so many calls at a time, and so many a second. A real server took 7.3 s for 200 creates by 4 clients. */
const LIMITS = { concurrency: 20, intervalCap: 1000, interval: 1000 };

/** All that converging a Session needs of Rancher, within our stack, at a bounded rate. */
export class RancherGateway implements Source<RancherObject> {
  readonly keyOf = keyOf;
  readonly #queue = new PQueue(LIMITS);
  /** The ids of our stack's services, as of the last list. */
  #ours: ReadonlySet<string> = new Set();

  /** `onStackRefused`: called when Rancher refuses to create in the stack. */
  constructor(
    private readonly project: ProjectClient,
    readonly stackId: string,
    private readonly onStackRefused: () => void = () => undefined,
  ) {}

  /** Services of our stack, containers that run them or carry our label, and the hosts. */
  async list(signal: AbortSignal): Promise<RancherObject[]> {
    const services = await this.#call(() => this.project.services.listAs(seeService, { stackId: this.stackId }, { signal }));
    const containers = await this.#call(() => this.project.containers.listAs(seeContainer, {}, { signal }));
    const hosts = await this.#call(() => this.project.hosts.listAs(seeHost, {}, { signal }));
    this.#ours = new Set(services.map(({ id }) => id));
    return [...services, ...containers.filter((container) => this.#belongs(container)), ...hosts];
  }

  async *watch(signal: AbortSignal): AsyncIterable<WatchSignal<RancherObject>> {
    for await (const event of this.project.subscribe({ signal })) {
      if (event.type !== 'change') yield event;
      else if (event.resourceType === 'service') yield* this.#serviceChanged(event.resource as Service);
      else if (event.resourceType === 'container') yield* this.#containerChanged(seeContainer(event.resource as Container));
      else if (event.resourceType === 'host') yield signalOf(seeHost(event.resource as Host));
    }
  }

  /** A service as Rancher tells it, with its containers; undefined where there is none. */
  async readWhole(id: string): Promise<Service | undefined> {
    return this.#call(() => this.project.services.find(id, { include: ['instances'] }));
  }

  /** A service with its containers, as it is now; undefined where there is none. Gone ones are still found by their id. */
  async read(id: string): Promise<{ service: SeenService; containers: SeenContainer[] } | undefined> {
    const service = await this.readWhole(id);
    return service && { service: seeService(service), containers: (service.instances ?? []).map(seeContainer) };
  }

  async findByName(name: string): Promise<SeenService[]> {
    return (await this.#call(() => this.project.services.list({ stackId: this.stackId, name }))).map(seeService);
  }

  async create(body: Record<string, unknown>): Promise<SeenService> {
    try {
      return seeService(await this.#call(() => this.project.services.create(body)));
    } catch (error) {
      if (refusesStack(error)) this.onStackRefused();
      throw error;
    }
  }

  async update(id: string, body: Record<string, unknown>): Promise<SeenService> {
    return seeService(await this.#call(() => this.project.services.update(id, body)));
  }

  /** @param check called when it is this call's turn, which may be long after it was decided; what it throws is thrown */
  async remove(id: string, check: () => void = () => undefined): Promise<SeenService> {
    return seeService(
      await this.#call(() => {
        check();
        return this.project.services.remove(id);
      }),
    );
  }

  async activate(id: string): Promise<SeenService> {
    return seeService(await this.#call(() => this.project.services.action(id, 'activate')));
  }

  /** @param check as of `remove` */
  async deactivate(id: string, check: () => void = () => undefined): Promise<SeenService> {
    return seeService(
      await this.#call(() => {
        check();
        return this.project.services.action(id, 'deactivate');
      }),
    );
  }

  /** `upgrade`, with a body, and what ends one. */
  async upgradeAction(id: string, action: UpgradeAction, body?: object): Promise<SeenService> {
    return seeService(await this.#call(() => this.project.services.action(id, action, body)));
  }

  async startContainer(id: string): Promise<SeenContainer> {
    return seeContainer(await this.#call(() => this.project.containers.action(id, 'start')));
  }

  /** What is known of whom the call is for goes with it. `AsyncLocalStorage.bind` would cost several times as much. */
  async #call<T>(act: () => Promise<T>): Promise<T> {
    const caller = new AsyncResource('RancherCall');
    return (await this.#queue.add(() => caller.runInAsyncScope(act))) as T;
  }

  *#serviceChanged(service: Service): Iterable<WatchSignal<RancherObject>> {
    if (service.stackId === this.stackId) yield signalOf(seeService(service));
  }

  *#containerChanged(container: SeenContainer): Iterable<WatchSignal<RancherObject>> {
    if (this.#belongs(container)) yield signalOf(container);
  }

  /** The containers of an imported service have no label of ours. */
  #belongs({ sessionUid, serviceIds }: SeenContainer): boolean {
    return sessionUid !== undefined || serviceIds.some((id) => this.#ours.has(id));
  }
}

/** The stack is removed, or there is none of that id (recordings 07-19d, 03-02). */
const refusesStack = (error: unknown): boolean => error instanceof RancherError && error.status === 422 && error.fieldName === 'stackId';

const signalOf = (object: RancherObject): WatchSignal<RancherObject> =>
  object.gone ? { type: 'delete', key: keyOf(object) } : { type: 'set', object };
