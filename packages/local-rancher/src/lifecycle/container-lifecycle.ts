import type { Logger } from 'pino';
import { confinementOf } from '../model/confinement.js';
import { imageOf, startsOnce } from '../model/launch-config.js';
import type { Occupancy } from '../model/occupancy.js';
import { placeContainer } from '../model/placement.js';
import { privateTcpPortsOf } from '../model/ports.js';
import type { ContainerRecord } from '../model/records.js';
import type { Pace } from '../pace.js';
import type { ContainerExit, ContainerSpec, Runtime } from '../runtime/runtime.js';
import type { Store } from '../store/store.js';
import { Backoff } from './backoff.js';
import { planContainer, stateAfterHalt } from './container-plan.js';
import { KeyedWorker } from './keyed-worker.js';

interface ContainerLifecycleOptions {
  store: Store;
  occupancy: Occupancy;
  runtime: Runtime;
  pace: Pace;
  signal: AbortSignal;
  logger: Logger;
}

const specOf = (container: ContainerRecord): ContainerSpec => {
  const { launchConfig } = container;
  return {
    uuid: container.uuid,
    name: container.name,
    image: imageOf(launchConfig),
    env: launchConfig.environment ?? {},
    labels: launchConfig.labels ?? {},
    volumes: launchConfig.dataVolumes ?? [],
    ports: privateTcpPortsOf(launchConfig.ports ?? []),
    ...(launchConfig.command && { command: launchConfig.command }),
    ...(launchConfig.memory && { memory: launchConfig.memory }),
    ...(container.address && { address: container.address }),
    confinement: confinementOf(launchConfig),
  };
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Brings each container to what is wanted of it, by way of Rancher's states. */
export class ContainerLifecycle {
  readonly #options: ContainerLifecycleOptions;
  readonly #worker: KeyedWorker;
  /** A process that ends as soon as it started is not started again without end. */
  readonly #restarts = new Backoff({ firstMs: 200, maxMs: 30_000, forgetAfterMs: 10_000 });

  constructor(options: ContainerLifecycleOptions) {
    this.#options = options;
    this.#worker = new KeyedWorker((id) => this.#step(id), options.logger);
    options.runtime.onExit((uuid, exit) => this.#exited(uuid, exit));
    options.runtime.onHealth((uuid, health) => this.#told(uuid, { health }));
    options.runtime.onProgress((uuid, progress) => this.#told(uuid, { progress }));
  }

  wake(id: number): void {
    this.#worker.wake(id);
  }

  close(): void {
    this.#worker.close();
  }

  async #step(id: number): Promise<number | undefined> {
    const container = this.#options.store.containers.get(id);
    if (!container) return undefined;
    const step = planContainer(container);
    if (step === 'begin-start') return this.#beginStart(container);
    if (step === 'begin-stop') this.#patch(id, { state: 'stopping' });
    else if (step === 'rest') this.#patch(id, { state: 'stopped' });
    else if (step === 'begin-removal') this.#patch(id, { state: 'removing' });
    else if (step === 'launch') await this.#launch(container);
    else if (step === 'halt') await this.#halt(container);
    else if (step === 'erase') await this.#erase(container);
    return undefined;
  }

  #beginStart({ id }: ContainerRecord): number | undefined {
    const now = Date.now();
    const delay = this.#restarts.dueIn(id, now);
    if (delay > 0) return delay;
    this.#restarts.tried(id, now);
    this.#patch(id, { state: 'starting' });
    return undefined;
  }

  async #launch(container: ContainerRecord): Promise<void> {
    const { pace, signal, runtime, store, occupancy } = this.#options;
    await pace.wait(container.startCount === 0 ? 'create' : 'start', signal);
    try {
      const host = placeContainer(container, occupancy.loads(store.hosts.all(), container));
      this.#patch(container.id, { hostId: host.id });
      const { address } = await runtime.start(specOf(container));
      const current = store.containers.get(container.id) ?? container;
      const now = Date.now();
      const started = {
        address,
        startCount: current.startCount + 1,
        firstRunningTS: current.firstRunningTS ?? now,
        failure: null,
        progress: null,
      };
      this.#patch(container.id, { ...started, state: 'running' });
      if (!runtime.isRunning(container.uuid)) this.#ended(container.id);
    } catch (error) {
      if (signal.aborted) return;
      this.#options.logger.warn({ container: container.name, err: error }, 'a container could not be started');
      this.#patch(container.id, { state: 'error', failure: messageOf(error), progress: null });
    }
  }

  async #halt({ id, uuid }: ContainerRecord): Promise<void> {
    const { pace, signal, runtime, store } = this.#options;
    await pace.wait('stop', signal);
    await runtime.stop(uuid);
    // A stop that was asked for is no sign of a process that can't stay up.
    this.#restarts.forget(id);
    const wanted = store.containers.get(id)?.wanted ?? 'stopped';
    this.#patch(id, { state: stateAfterHalt(wanted), health: null });
  }

  async #erase({ id, uuid }: ContainerRecord): Promise<void> {
    const { pace, signal, runtime } = this.#options;
    await pace.wait('erase', signal);
    await runtime.remove(uuid);
    this.#restarts.forget(id);
    this.#patch(id, { state: 'removed', removedTS: Date.now() });
  }

  #exited(uuid: string, exit: ContainerExit): void {
    const { signal, logger } = this.#options;
    const container = this.#byUuid(uuid);
    if (signal.aborted || !container) return;
    logger.info({ container: container.name, ...exit }, 'a container ended');
    // While it is starting, #launch finds out by itself.
    if (container.state === 'running') this.#ended(container.id);
  }

  /** Only while it starts or runs: what is told late says nothing of what it became since. */
  #told(uuid: string, change: Pick<ContainerRecord, 'health'> | Pick<ContainerRecord, 'progress'>): void {
    const container = this.#byUuid(uuid);
    if (container?.state === 'starting' || container?.state === 'running') this.#patch(container.id, change);
  }

  #byUuid(uuid: string): ContainerRecord | undefined {
    return [...this.#options.store.containers.values()].find((candidate) => candidate.uuid === uuid);
  }

  #ended(id: number): void {
    const container = this.#options.store.containers.get(id);
    if (!container) return;
    const staysDown = container.wanted === 'running' && startsOnce(container.launchConfig);
    this.#patch(id, { state: 'stopped', health: null, ...(staysDown && { wanted: 'stopped' }) });
  }

  #patch(id: number, change: Partial<ContainerRecord>): void {
    const { store, signal } = this.#options;
    const container = store.containers.get(id);
    if (container && !signal.aborted) store.put({ ...container, ...change });
  }
}
