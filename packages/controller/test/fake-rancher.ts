import type { Container, Host, ProjectClient, Service } from '@mooring/rancher-client';
import { RancherError, RancherUnreachableError } from '@mooring/rancher-client';

type UpgradeBody = { inServiceStrategy: { launchConfig: Service['launchConfig'] } };
/** The state that an action leads to; everything is done at once. */
const UPGRADE_ACTIONS = { upgrade: 'upgraded', finishupgrade: 'active', cancelupgrade: 'canceled-upgrade', rollback: 'active' };

type Body = { name: string; stackId: string; launchConfig: { labels: Record<string, string> } };

/** A Rancher in memory, for which everything is done at once, but for what a test orders to go wrong. */
export class FakeRancher {
  readonly services = new Map<string, Service>();
  readonly containers = new Map<string, Container>();
  readonly hosts = new Map<string, Host>();
  /** Every call that changes something, in order. */
  readonly calls: string[] = [];
  /** The next create is done, but its answer is lost. */
  loseCreateAnswer = false;
  /** The next create makes two. */
  doubleCreate = false;
  /** So many DELETEs are answered, and forgotten. */
  loseDeletes = 0;
  /** Nothing is answered. */
  down = false;
  /** Every call is refused with this status. */
  refuses: number | undefined;
  /** Lists are empty; what is asked for by its id is there. */
  hideFromLists = false;
  /** Upgrades are begun, and what they start fails. */
  failUpgrades = false;
  /** Upgrades are not taken, as Rancher can't be reached. */
  loseUpgrades = false;
  /** By service, what it launched before its upgrade. */
  readonly #before = new Map<string, Service['launchConfig']>();
  readonly #removedStacks = new Set<string>();
  readonly #events: unknown[] = [];
  #wake: () => void = () => undefined;
  #next = 1;

  client(): ProjectClient {
    const listing = <T extends { name?: string | null; stackId?: string | null }>(objects: Map<string, T>) => {
      const list = async (filters: { name?: string; stackId?: string } = {}) => {
        this.#check('GET');
        if (this.hideFromLists) return [];
        return [...objects.values()].filter(
          ({ name, stackId }) =>
            (filters.name === undefined || name === filters.name) && (filters.stackId === undefined || stackId === filters.stackId),
        );
      };
      const listAs = async <U>(keep: (object: T) => U, filters?: { stackId?: string }) => (await list(filters)).map(keep);
      return { list, listAs };
    };
    const services = {
      ...listing(this.services),
      find: async (id: string) => {
        this.#check('GET');
        const service = this.services.get(id);
        return service && { ...service, instances: [...this.containers.values()].filter(({ serviceIds }) => serviceIds?.includes(id)) };
      },
      create: async (body: Body) => this.#create(body),
      update: async (id: string, body: Partial<Service>) => {
        this.calls.push(`update ${id}`);
        const service = { ...(this.services.get(id) as Service), ...body };
        this.services.set(id, service);
        return service;
      },
      remove: async (id: string) => this.#remove(id),
      action: async (id: string, action: string, body?: UpgradeBody) =>
        action in UPGRADE_ACTIONS ? this.#upgrade(id, action as keyof typeof UPGRADE_ACTIONS, body) : this.#act(id, action),
    };
    const containers = {
      ...listing(this.containers),
      action: async (id: string) => {
        this.calls.push(`start ${id}`);
        const container = { ...(this.containers.get(id) as Container), state: 'running', startCount: 2 };
        this.containers.set(id, container);
        return container;
      },
    };
    const subscribe = ({ signal }: { signal: AbortSignal }) => this.#subscribe(signal);
    return { id: '1a5', services, containers, hosts: listing(this.hosts), subscribe } as unknown as ProjectClient;
  }

  container(id: string): Container {
    return this.containers.get(id) as Container;
  }

  /** Something changed at Rancher by itself, and is told. */
  change({ resourceType, resource }: { resourceType: 'host' | 'container' | 'service'; resource: Host | Container | Service }): void {
    (this[`${resourceType}s`] as Map<string, Host | Container | Service>).set(resource.id, resource);
    this.#tell({ type: 'change', resourceType, resourceId: resource.id, resource });
  }

  /** A container ends by itself, and Rancher leaves it so (recording 11-06). */
  endContainer(serviceId: string, containerId: string): void {
    this.change({ resourceType: 'container', resource: { ...this.container(containerId), state: 'stopped' } });
    const service = { ...(this.services.get(serviceId) as Service), healthState: 'started-once' };
    this.change({ resourceType: 'service', resource: service });
  }

  /** A stack goes, and all of its services; what is to be created in it is refused from now on (recording 07-19). */
  removeStack(id: string): void {
    this.#removedStacks.add(id);
    for (const service of [...this.services.values()]) if (service.stackId === id) this.#forget(service.id);
    this.gap();
  }

  /** The change stream was interrupted. */
  gap(): void {
    this.#tell({ type: 'gap', reason: 'no ping' });
  }

  #tell(event: unknown): void {
    this.#events.push(event);
    this.#wake();
  }

  async *#subscribe(signal: AbortSignal) {
    yield { type: 'connected' };
    while (!signal.aborted) {
      yield* this.#events.splice(0);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
        if (this.#events.length > 0) resolve();
      });
    }
  }

  #check(method: string): void {
    if (this.down) throw this.#silence(method, 'not-sent');
    if (this.refuses !== undefined) throw new RancherError({ method, path: '/services' }, { status: this.refuses, code: 'Unauthorized' });
  }

  #silence(method: string, outcome: 'not-sent' | 'unknown'): RancherUnreachableError {
    return new RancherUnreachableError({ method, path: '/services' }, { code: 'Timeout', outcome, reason: 'no answer within 10000 ms' });
  }

  #create(body: Body): Service {
    this.#check('POST');
    if (this.#removedStacks.has(body.stackId)) throw refusedStack();
    this.calls.push(`create ${body.name}`);
    const service = this.#add(body);
    if (this.doubleCreate) this.#add(body);
    this.doubleCreate = false;
    if (!this.loseCreateAnswer) return service;
    this.loseCreateAnswer = false;
    throw this.#silence('POST', 'unknown');
  }

  #add(body: Body): Service {
    const number = this.#next++;
    const service = {
      ...body,
      id: `1s${number}`,
      type: 'service',
      state: 'active',
      transitioning: 'no',
      healthState: 'healthy',
      removed: null,
    };
    const container = {
      id: `1i${number}`,
      type: 'container',
      name: `mooring-${body.name}-1`,
      state: 'running',
      primaryIpAddress: '127.0.0.1',
      serviceIds: [service.id],
      labels: body.launchConfig.labels,
      startCount: 1,
      hostId: '1h1',
      removed: null,
    };
    this.services.set(service.id, service as unknown as Service);
    this.containers.set(container.id, container as unknown as Container);
    return service as unknown as Service;
  }

  #remove(id: string): Service {
    this.#check('DELETE');
    this.calls.push(`remove ${id}`);
    const service = this.services.get(id) as Service;
    if (this.loseDeletes > 0) {
      this.loseDeletes -= 1;
      return { ...service, state: 'removing' };
    }
    this.#forget(id);
    return { ...service, state: 'removing' };
  }

  #forget(id: string): void {
    this.services.delete(id);
    for (const [key, { serviceIds }] of this.containers) if (serviceIds?.includes(id)) this.containers.delete(key);
  }

  /** The old container is stopped and stays listed until it is finished or rolled back (recordings 04-34, 04-33). */
  #upgrade(id: string, action: keyof typeof UPGRADE_ACTIONS, body?: UpgradeBody): Service {
    this.calls.push(`${action} ${id}`);
    if (action === 'upgrade' && this.loseUpgrades) throw this.#silence('POST', 'not-sent');
    const service = this.services.get(id) as Service;
    const [old, fresh] = [...this.containers.values()].filter(({ serviceIds }) => serviceIds?.includes(id));
    if (action === 'upgrade') this.#before.set(id, service.launchConfig);
    if (action === 'upgrade' && old) this.#replace(old, body?.inServiceStrategy.launchConfig);
    if (action === 'finishupgrade' && old) this.containers.delete(old.id);
    if (action === 'rollback' && fresh) this.containers.delete(fresh.id);
    if (action === 'rollback' && old) this.containers.set(old.id, { ...old, state: 'running', startCount: (old.startCount ?? 0) + 1 });
    const launchConfig =
      { upgrade: body?.inServiceStrategy.launchConfig, rollback: this.#before.get(id) }[action as 'upgrade'] ?? service.launchConfig;
    const fails = action === 'upgrade' &&
      this.failUpgrades && { state: 'upgrading', transitioning: 'error', transitioningMessage: 'no such image' };
    const changed = { ...service, launchConfig, transitioning: 'no', state: UPGRADE_ACTIONS[action], ...fails } as Service;
    this.services.set(id, changed);
    return changed;
  }

  #replace(old: Container, launchConfig: Service['launchConfig'] | undefined): void {
    this.containers.set(old.id, { ...old, state: 'stopped' });
    if (this.failUpgrades) return;
    const id = `1i${100 + this.#next++}`;
    this.containers.set(id, { ...old, id, labels: launchConfig?.labels ?? {}, startCount: 1 } as Container);
  }

  #act(id: string, action: string): Service {
    this.calls.push(`${action} ${id}`);
    const service = { ...(this.services.get(id) as Service), state: action === 'activate' ? 'active' : 'inactive', healthState: 'healthy' };
    this.services.set(id, service);
    for (const [key, container] of this.containers) {
      if (container.serviceIds?.includes(id))
        this.containers.set(key, {
          ...container,
          state: action === 'activate' ? 'running' : 'stopped',
          startCount: (container.startCount ?? 0) + (action === 'activate' ? 1 : 0),
        });
    }
    return service;
  }
}

/** Recording 07-19d. */
const refusedStack = (): RancherError =>
  new RancherError(
    { method: 'POST', path: '/services' },
    { status: 422, code: 'InvalidState', fieldName: 'stackId', message: 'stack is not in a valid state' },
  );
