import type { Project, ProjectClient, Service, Stack } from '@mooring/rancher-client';
import type { Source, WatchSignal } from '../runtime/informer.js';
import { seeTarget, type Target } from './target.js';

/** One environment's services, as an informer wants them. */
export class EnvironmentSource implements Source<Target> {
  readonly #stacks = new Map<string, string>();

  constructor(
    readonly project: Pick<Project, 'id' | 'name'>,
    readonly client: ProjectClient,
  ) {}

  readonly keyOf = ({ key }: Target): string => key;

  stackName(id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.#stacks.get(id);
  }

  async list(signal: AbortSignal): Promise<Target[]> {
    for (const { id, name } of await this.client.stacks.list({}, { signal })) this.#stacks.set(id, name);
    return this.client.services.listAs((service) => seeTarget(this.project, service), {}, { signal });
  }

  async *watch(signal: AbortSignal): AsyncIterable<WatchSignal<Target>> {
    for await (const event of this.client.subscribe({ signal })) {
      if (event.type !== 'change') yield event;
      else if (event.resourceType === 'service') yield this.#signalOf(event.resource as Service);
      else if (event.resourceType === 'stack') this.#stacks.set(event.resourceId, (event.resource as Stack).name);
    }
  }

  /** A service as it is now; undefined where there is none. */
  async read(id: string): Promise<Service | undefined> {
    return this.client.services.find(id);
  }

  see(service: Service): Target {
    return seeTarget(this.project, service);
  }

  #signalOf(service: Service): WatchSignal<Target> {
    const target = this.see(service);
    return target.gone ? { type: 'delete', key: target.key } : { type: 'set', object: target };
  }
}
