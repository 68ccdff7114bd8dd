import type { Logger } from 'pino';
import { healthOf } from '../model/health.js';
import { formatId } from '../model/ids.js';
import { newContainer } from '../model/new-container.js';
import type { Occupancy } from '../model/occupancy.js';
import { takesContainers } from '../model/placement.js';
import { allocatePublicPorts } from '../model/ports.js';
import type { ContainerRecord, ServiceRecord } from '../model/records.js';
import type { Pace, Step } from '../pace.js';
import type { Store } from '../store/store.js';
import { Backoff } from './backoff.js';
import { KeyedWorker } from './keyed-worker.js';
import { planService } from './service-plan.js';
import type { ServiceStep } from './service-step.js';

interface ServiceLifecycleOptions {
  store: Store;
  occupancy: Occupancy;
  pace: Pace;
  signal: AbortSignal;
  logger: Logger;
}

type Settled = Extract<ServiceStep, { do: 'settle' }>['state'];

const failureOf = (container: ContainerRecord): string => {
  const instance = `[container:${formatId('container', container.id)}]`;
  // What finds no network is removed at once (recording 03-10e).
  const state = container.failure?.startsWith('Failed to find network') ? 'removed' : 'error';
  return `Failed to allocate instance ${instance}: Bad instance ${instance} in state [${state}]: ${container.failure ?? 'unknown'}`;
};

/** Where the state alone says it. */
const SETTLE_PACES: Partial<Record<ServiceRecord['state'], Step>> = {
  removing: 'remove',
  deactivating: 'deactivate',
  'finishing-upgrade': 'deactivate',
  'rolling-back': 'deactivate',
  upgrading: 'swap',
};

const settlePace = (service: ServiceRecord, running: number, canPlace: boolean): Step => {
  const byState = SETTLE_PACES[service.state];
  if (byState) return byState;
  if (running === 0 && service.currentScale === null) return canPlace ? 'deactivate' : 'idle';
  return service.state === 'updating-inactive' || service.currentScale === running ? 'update' : 'settle';
};

/** Brings each service to where its state says that it is going. */
export class ServiceLifecycle {
  readonly #options: ServiceLifecycleOptions;
  readonly #worker: KeyedWorker;
  readonly #replacements: Backoff;
  /** The container that each service's failure was told of. */
  readonly #reported = new Map<number, number>();
  /** Until when the upgrade of a service pauses, and after how many places. */
  readonly #pauses = new Map<number, { after: number; until: number }>();

  constructor(options: ServiceLifecycleOptions) {
    this.#options = options;
    const { pace } = options;
    this.#replacements = new Backoff({ firstMs: pace.lasts(1000) || 1000, maxMs: 15_000, forgetAfterMs: 60_000 });
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
    return this.#act(service, planService(service, containers, this.#canPlace()));
  }

  #canPlace(): boolean {
    return this.#options.store.hosts.all().some(takesContainers);
  }

  async #act(service: ServiceRecord, step: ServiceStep): Promise<number | undefined> {
    if (step.do === 'pause') return this.#pause(service, step);
    if (step.do === 'replace') return this.#replace(service, step.containers);
    if (step.do === 'register') await this.#register(service);
    else if (step.do === 'create') await this.#create(service, step.positions);
    else if (step.do === 'settle') await this.#settle(service, step.state);
    else if (step.do === 'begin-update') this.#patch(service.id, { state: 'updating-active' });
    else if (step.do === 'start') await this.#start(service, step.containers);
    else if (step.do === 'stop') await this.#swapOut(service, step.containers);
    else if (step.do === 'remove') this.#want(step.containers, 'removed');
    return undefined;
  }

  async #register(service: ServiceRecord): Promise<void> {
    await this.#options.pace.wait('register', this.#options.signal);
    // A DELETE that came meanwhile counts, except where the pace is to lose it.
    const current = this.#options.store.services.get(service.id);
    const isLost = current?.state === 'removing' && current.isRemovalLost;
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
        deploymentUnitUuid: this.#unitAt(service.id, position),
        now: Date.now(),
      }),
    );
    store.put(next, ...containers);
  }

  /** The deployment unit of what an upgrade replaces at this place (recording 04-07d). */
  #unitAt(id: number, position: number): string | undefined {
    return this.#containersOf(id).find((container) => container.position === position && container.wanted !== 'removed')
      ?.deploymentUnitUuid;
  }

  #pause(service: ServiceRecord, { ms, after, step }: Extract<ServiceStep, { do: 'pause' }>): Promise<number | undefined> | number {
    const now = Date.now();
    const pause = this.#pauses.get(service.id);
    if (pause?.after !== after) this.#pauses.set(service.id, { after, until: now + this.#options.pace.lasts(ms) });
    const left = (this.#pauses.get(service.id)?.until ?? now) - now;
    if (left > 0) return left;
    return this.#act(service, step);
  }

  /** What was stopped is seen so before it is started again (recording 05-10b). */
  async #start(service: ServiceRecord, containers: readonly ContainerRecord[]): Promise<void> {
    const { pace, signal, store } = this.#options;
    await pace.wait('deactivate', signal);
    const still = containers.flatMap(({ id }) => store.containers.get(id) ?? []).filter(({ wanted }) => wanted === 'stopped');
    if (store.services.get(service.id)?.state === service.state) this.#want(still, 'running');
  }

  async #swapOut(service: ServiceRecord, containers: readonly ContainerRecord[]): Promise<void> {
    const { pace, signal, store } = this.#options;
    if (service.upgrade?.startFirst) await pace.wait('swap', signal);
    // It may have been canceled, rolled back or removed while this waited.
    if (store.services.get(service.id)?.state === service.state) this.#want(containers, 'stopped');
  }

  #withPorts(service: ServiceRecord): ServiceRecord['launchConfig'] {
    const { launchConfig } = service;
    if (!launchConfig?.ports) return launchConfig;
    const ports = allocatePublicPorts(launchConfig.ports, (port) => this.#options.occupancy.isServicePort(port));
    return { ...launchConfig, ports };
  }

  #replace(service: ServiceRecord, containers: readonly ContainerRecord[]): number | undefined {
    const now = Date.now();
    const [broken] = containers;
    if (broken && this.#reported.get(service.id) !== broken.id) {
      const failure = failureOf(broken);
      this.#reported.set(service.id, broken.id);
      this.#replacements.tried(service.id, now);
      this.#patch(service.id, { failure, state: service.state === 'active' ? 'updating-active' : service.state });
    }
    const delay = this.#replacements.dueIn(service.id, now);
    if (delay > 0) return delay;
    this.#want(containers, 'removed');
    return undefined;
  }

  async #settle(service: ServiceRecord, state: Settled): Promise<void> {
    const { store, pace, signal } = this.#options;
    const running = this.#containersOf(service.id).length;
    await pace.wait(settlePace(service, running, this.#canPlace()), signal);
    const current = store.services.get(service.id);
    if (!current || current.state !== service.state) return;
    if (state !== 'inactive') this.#replacements.forget(service.id);
    this.#pauses.delete(service.id);
    const change: Partial<ServiceRecord> =
      state === 'removed'
        ? { removedTS: Date.now() }
        : { currentScale: state === 'active' ? running : (current.currentScale ?? (running || null)) };
    // A canceled upgrade keeps showing what went wrong (recording 04-12d).
    this.#patch(service.id, { ...change, state, failure: state === 'canceled-upgrade' ? current.failure : null });
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
