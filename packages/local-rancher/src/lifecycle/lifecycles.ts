import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { startsOnce } from '../model/launch-config.js';
import { Occupancy } from '../model/occupancy.js';
import type { AnyRecord, ApiKeyRecord, HostRecord } from '../model/records.js';
import type { Pace } from '../pace.js';
import type { Runtime, Survivors } from '../runtime/runtime.js';
import type { Store } from '../store/store.js';
import { ContainerLifecycle } from './container-lifecycle.js';
import { ServiceLifecycle } from './service-lifecycle.js';
import { SimpleLifecycle } from './simple-lifecycle.js';
import { StackLifecycle } from './stack-lifecycle.js';
import { afterReboot } from './transitions.js';

interface LifecyclesOptions {
  store: Store;
  runtime: Runtime;
  pace: Pace;
  logger: Logger;
}

/** What moves all objects on: each change wakes the object and its parent. */
export class Lifecycles {
  readonly #store: Store;
  readonly #occupancy = new Occupancy();
  readonly #stop = new AbortController();
  readonly #stacks: StackLifecycle;
  readonly #services: ServiceLifecycle;
  readonly #containers: ContainerLifecycle;
  readonly #hosts: SimpleLifecycle<HostRecord>;
  readonly #apiKeys: SimpleLifecycle<ApiKeyRecord>;

  constructor(options: LifecyclesOptions) {
    const inner = { ...options, occupancy: this.#occupancy, signal: this.#stop.signal };
    // As many waits at once as there are objects that change.
    setMaxListeners(0, this.#stop.signal);
    this.#store = options.store;
    this.#stacks = new StackLifecycle(inner);
    this.#services = new ServiceLifecycle(inner);
    this.#containers = new ContainerLifecycle(inner);
    this.#hosts = new SimpleLifecycle(options.store.hosts, inner);
    this.#apiKeys = new SimpleLifecycle(options.store.apiKeys, inner);
  }

  /** As after a reboot of the host: nothing runs but the survivors, and all that was under way is taken up again. */
  start(survivors: Survivors): void {
    const { stacks, services, containers, hosts, apiKeys } = this.#store;
    this.#store.put(...afterReboot(containers.all(), (container) => startsOnce(container.launchConfig), survivors));
    this.#occupancy.note([...services.all(), ...containers.all()]);
    this.#store.onChange((changed) => {
      this.#occupancy.note(changed);
      this.#wake(changed);
    });
    this.#wake([...stacks.all(), ...services.all(), ...containers.all(), ...hosts.all(), ...apiKeys.all()]);
  }

  /** No step begins, and nothing is recorded, from now on: what a stop of the runtime ends is found again by the next start. */
  close(): void {
    this.#stop.abort();
    this.#stacks.close();
    this.#services.close();
    this.#containers.close();
    this.#hosts.close();
    this.#apiKeys.close();
  }

  #wake(changed: readonly AnyRecord[]): void {
    for (const record of changed) {
      if (record.kind === 'stack') this.#stacks.wake(record.id);
      else if (record.kind === 'service') this.#wakeService(record.id, record.stackId);
      else if (record.kind === 'container') this.#wakeContainer(record.id, record.serviceId);
      else this.#wakeSurroundings(record);
    }
  }

  #wakeSurroundings({ kind, id }: AnyRecord): void {
    if (kind === 'host') this.#wakeHost(id);
    if (kind === 'apiKey') this.#apiKeys.wake(id);
  }

  #wakeService(id: number, stackId: number): void {
    this.#services.wake(id);
    this.#stacks.wake(stackId);
  }

  /** What found no place may find one now. */
  #wakeHost(id: number): void {
    this.#hosts.wake(id);
    for (const service of this.#store.services.values()) this.#services.wake(service.id);
  }

  #wakeContainer(id: number, serviceId: number): void {
    this.#containers.wake(id);
    this.#services.wake(serviceId);
  }
}
