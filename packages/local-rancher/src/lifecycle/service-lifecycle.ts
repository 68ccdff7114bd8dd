import type { Logger } from 'pino';
import { healthOf } from '../model/health.js';
import { formatId } from '../model/ids.js';
import { newContainer } from '../model/new-container.js';
import { allocatePublicPorts, publicPortsOf } from '../model/ports.js';
import type { ContainerRecord, ServiceRecord } from '../model/records.js';
import type { Pace, Step } from '../pace.js';
import type { Store } from '../store/store.js';
import { Backoff } from './backoff.js';
import { KeyedWorker } from './keyed-worker.js';
import { planService, type ServiceStep } from './service-plan.js';

interface ServiceLifecycleOptions {
  store: Store;
  pace: Pace;
  signal: AbortSignal;
  logger: Logger;
}

const failureOf = (container: ContainerRecord): string => {
  const instance = `[container:${formatId('container', container.id)}]`;
  return `Failed to allocate instance ${instance}: Bad instance ${instance} in state [error]: ${container.failure ?? 'unknown'}`;
};

const settlePace = (service: ServiceRecord, running: number): Step => {
  if (service.state === 'removing') return 'remove';
  if (service.state === 'deactivating') return 'deactivate';
  return service.state === 'updating-inactive' || service.currentScale === running ? 'update' : 'settle';
};

/** Brings each service to where its state says that it is going. */
export class ServiceLifecycle {
  readonly #options: ServiceLifecycleOptions;
  readonly #worker: KeyedWorker;
  readonly #replacements = new Backoff({ firstMs: 1000, maxMs: 15_000, forgetAfterMs: 60_000 });

  constructor(options: ServiceLifecycleOptions) {
    this.#options = options;
    this.#worker = new KeyedWorker((id) => this.#step(id), options.logger);
  }

  wake(id: number): void {
    this.#worker.wake(id);
  }

  close(): void {
    this.#worker.close();
  }

  #containersOf(id: number): ContainerRecord[] {
    return this.#options.store.containers.childrenOf(id).filter((container) => container.state !== 'removed');
  }

  async #step(id: number): Promise<number | undefined> {
    const service = this.#options.store.services.get(id);
    if (!service) return undefined;
    const containers = this.#containersOf(id);
    const healthState = healthOf(service, containers);
    if (healthState !== service.healthState) this.#patch(id, { healthState });
    return this.#act(service, planService(service, containers));
  }

  async #act(service: ServiceRecord, step: ServiceStep): Promise<number | undefined> {
    if (step.do === 'replace') return this.#replace(service, step.container);
    if (step.do === 'register') await this.#register(service);
    else if (step.do === 'create') await this.#create(service, step.positions);
    else if (step.do === 'settle') await this.#settle(service, step.state);
    else if (step.do === 'begin-update') this.#patch(service.id, { state: 'updating-active' });
    else if (step.do === 'start') this.#want(step.containers, 'running');
    else if (step.do === 'remove') this.#want(step.containers, 'removed');
    return undefined;
  }

  async #register(service: ServiceRecord): Promise<void> {
    await this.#options.pace.wait('register', this.#options.signal);
    // A DELETE that came meanwhile counts, except where the pace is to lose it.
    const current = this.#options.store.services.get(service.id);
    const isLost = current?.state === 'removing' && this.#options.pace.losesEarlyDeletes;
    if (current?.state !== 'registering' && !isLost) return;
    this.#patch(service.id, { state: service.startOnCreate ? 'activating' : 'inactive' });
  }

  async #create(service: ServiceRecord, positions: readonly number[]): Promise<void> {
    const { store, pace, signal } = this.#options;
    const stack = store.stacks.get(service.stackId);
    await pace.wait('allocate', signal);
    const current = store.services.get(service.id);
    // Only what still holds: it may have been deactivated or removed while this waited.
    if (!stack || !current || current.state !== service.state) return;
    const launchConfig = this.#withPorts(current);
    const next = { ...current, launchConfig, createIndex: current.createIndex + positions.length };
    const containers = positions.map((position, index) =>
      newContainer(stack, next, {
        id: store.containers.nextId(),
        position,
        createIndex: current.createIndex + index + 1,
        now: Date.now(),
      }),
    );
    store.put(next, ...containers);
  }

  #withPorts(service: ServiceRecord): ServiceRecord['launchConfig'] {
    const { launchConfig } = service;
    if (!launchConfig?.ports) return launchConfig;
    const others = this.#options.store.services.all().filter((other) => other.id !== service.id && other.state !== 'removed');
    const taken = new Set(others.flatMap((other) => publicPortsOf(other.launchConfig?.ports ?? [])));
    return { ...launchConfig, ports: allocatePublicPorts(launchConfig.ports, taken) };
  }

  #replace(service: ServiceRecord, container: ContainerRecord): number | undefined {
    const now = Date.now();
    const failure = failureOf(container);
    if (service.failure !== failure) {
      this.#replacements.tried(service.id, now);
      this.#patch(service.id, { failure, state: service.state === 'active' ? 'updating-active' : service.state });
    }
    const delay = this.#replacements.dueIn(service.id, now);
    if (delay > 0) return delay;
    this.#want([container], 'removed');
    return undefined;
  }

  async #settle(service: ServiceRecord, state: 'active' | 'inactive' | 'removed'): Promise<void> {
    const { store, pace, signal } = this.#options;
    const running = this.#containersOf(service.id).length;
    await pace.wait(settlePace(service, running), signal);
    const current = store.services.get(service.id);
    if (!current || current.state !== service.state) return;
    if (state !== 'inactive') this.#replacements.forget(service.id);
    const change: Partial<ServiceRecord> =
      state === 'removed' ? { removedTS: Date.now() } : { currentScale: state === 'active' ? running : current.currentScale };
    this.#patch(service.id, { ...change, state, failure: null });
  }

  #want(containers: readonly ContainerRecord[], wanted: ContainerRecord['wanted']): void {
    const { store, signal } = this.#options;
    if (!signal.aborted) store.put(...containers.map((container) => ({ ...container, wanted })));
  }

  #patch(id: number, change: Partial<ServiceRecord>): void {
    const { store, signal } = this.#options;
    const service = store.services.get(id);
    if (service && !signal.aborted) store.put({ ...service, ...change });
  }
}
