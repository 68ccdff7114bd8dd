import type { Container, ProjectClient, Service } from '@mooring/rancher-client';
import PQueue from 'p-queue';
import type { Source, WatchSignal } from '../runtime/informer.js';
import { SESSION_LABEL } from './labels.js';
import { isGone } from './observed.js';

/** What the informer keeps of Rancher: services of our stack, and the containers that run them. */
export type RancherObject = { kind: 'service'; object: Service } | { kind: 'container'; object: Container };

export const keyOf = ({ kind, object }: RancherObject): string => `${kind}/${object.id}`;

/** Toward Rancher: so many calls at a time, and so many a second. A real server took 7.3 s for 200 creates by 4 clients. */
const LIMITS = { concurrency: 8, intervalCap: 200, interval: 1000 };

/** All that converging a Session needs of Rancher, within our stack, at a bounded rate. */
export class RancherGateway implements Source<RancherObject> {
  readonly keyOf = keyOf;
  readonly #queue = new PQueue(LIMITS);

  constructor(
    private readonly project: ProjectClient,
    readonly stackId: string,
  ) {}

  async list(signal: AbortSignal): Promise<RancherObject[]> {
    const services = await this.#call(() => this.project.services.list({ stackId: this.stackId }, { signal }));
    const containers = await this.#call(() => this.project.containers.list({}, { signal }));
    const ours = new Set(services.map(({ id }) => id));
    return [
      ...services.map((object) => ({ kind: 'service' as const, object })),
      ...containers.filter((container) => belongsTo(container, ours)).map((object) => ({ kind: 'container' as const, object })),
    ];
  }

  async *watch(signal: AbortSignal): AsyncIterable<WatchSignal<RancherObject>> {
    for await (const event of this.project.subscribe({ signal })) {
      if (event.type !== 'change') yield event;
      else if (event.resourceType === 'service') yield* this.#serviceChanged(event.resource as Service);
      else if (event.resourceType === 'container') yield* containerChanged(event.resource as Container);
    }
  }

  /** A service with its containers, as it is now; undefined where there is none. Removed ones are still found by their id. */
  async read(id: string): Promise<{ service: Service; containers: Container[] } | undefined> {
    const service = await this.#call(() => this.project.services.find(id, { include: ['instances'] }));
    return service && { service, containers: service.instances ?? [] };
  }

  findByName(name: string): Promise<Service[]> {
    return this.#call(() => this.project.services.list({ stackId: this.stackId, name }));
  }

  create(body: Record<string, unknown>): Promise<Service> {
    return this.#call(() => this.project.services.create(body));
  }

  remove(id: string): Promise<Service> {
    return this.#call(() => this.project.services.remove(id));
  }

  activate(id: string): Promise<Service> {
    return this.#call(() => this.project.services.action(id, 'activate'));
  }

  deactivate(id: string): Promise<Service> {
    return this.#call(() => this.project.services.action(id, 'deactivate'));
  }

  startContainer(id: string): Promise<Container> {
    return this.#call(() => this.project.containers.action(id, 'start'));
  }

  async #call<T>(act: () => Promise<T>): Promise<T> {
    return (await this.#queue.add(act)) as T;
  }

  *#serviceChanged(object: Service): Iterable<WatchSignal<RancherObject>> {
    if (object.stackId !== this.stackId) return;
    yield signalOf({ kind: 'service', object });
  }
}

function* containerChanged(object: Container): Iterable<WatchSignal<RancherObject>> {
  if (object.labels?.[SESSION_LABEL] !== undefined) yield signalOf({ kind: 'container', object });
}

const signalOf = (object: RancherObject): WatchSignal<RancherObject> =>
  isGone(object.object) ? { type: 'delete', key: keyOf(object) } : { type: 'set', object };

const belongsTo = (container: Container, services: ReadonlySet<string>): boolean =>
  container.labels?.[SESSION_LABEL] !== undefined || (container.serviceIds ?? []).some((id) => services.has(id));
