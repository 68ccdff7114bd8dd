import { RuntimeError } from './errors.js';
import type { ContainerExit, ContainerSpec, ExitListener, Runtime, Shell, Survivors } from './runtime.js';

export interface SimulatedRuntimeOptions {
  /** Why a container can't be started, e.g. an ImageNotFoundError; undefined for those that can. */
  failureOf?: (spec: ContainerSpec) => Error | undefined;
}

export interface SimulatedRuntime extends Runtime {
  start(spec: ContainerSpec): Promise<{ address: string; pid: number }>;
  /** Ends a container as if its program had: 0 where nothing else is said. Nothing where it doesn't run. */
  exit(uuid: string, exit?: ContainerExit): void;
}

const ENDED: ContainerExit = { exitCode: 0, signal: null, oomKilled: false };

/** Addresses of Rancher's managed network, 10.42.0.0/16, from 10.42.1.1 on. */
const addressOf = (index: number): string => `10.42.${(1 + Math.floor(index / 254)) % 256}.${1 + (index % 254)}`;

const MAX_ADDRESSES = 255 * 254;

/** Where nothing runs: containers are entries in a table, so ten thousand fit. Nothing answers at their addresses. */
class Simulation implements SimulatedRuntime {
  readonly #running = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #listeners: ExitListener[] = [];
  readonly #options: SimulatedRuntimeOptions;
  #next = 0;
  #starts = 0;

  constructor(options: SimulatedRuntimeOptions) {
    this.#options = options;
  }

  /** Nothing outlives the process. */
  async recover(): Promise<Survivors> {
    return new Map();
  }

  async start(spec: ContainerSpec): Promise<{ address: string; pid: number }> {
    const failure = this.#options.failureOf?.(spec);
    if (failure) throw failure;
    const address = spec.address !== undefined && !this.#taken.has(spec.address) ? spec.address : this.#freeAddress();
    this.#taken.add(address);
    this.#running.set(spec.uuid, address);
    this.#starts += 1;
    return { address, pid: this.#starts };
  }

  async stop(uuid: string): Promise<void> {
    this.#end(uuid);
  }

  async remove(uuid: string): Promise<void> {
    this.#end(uuid);
  }

  onExit(listener: ExitListener): void {
    this.#listeners.push(listener);
  }

  isRunning(uuid: string): boolean {
    return this.#running.has(uuid);
  }

  onHealth(): void {
    // Nothing is checked.
  }

  onProgress(): void {
    // Nothing is fetched.
  }

  async readLog(): Promise<void> {
    // Nothing writes.
  }

  async openShell(uuid: string): Promise<Shell> {
    throw new RuntimeError('NotRunning', `uuid: the container ${uuid} is simulated: no command can run in it. Choose another runtime.`);
  }

  async usageOf(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.#running.clear();
    this.#taken.clear();
  }

  exit(uuid: string, exit: ContainerExit = ENDED): void {
    if (this.#end(uuid)) for (const listener of this.#listeners) listener(uuid, exit);
  }

  #end(uuid: string): boolean {
    this.#taken.delete(this.#running.get(uuid) ?? '');
    return this.#running.delete(uuid);
  }

  #freeAddress(): string {
    for (let tries = 0; tries < MAX_ADDRESSES; tries++) {
      const address = addressOf(this.#next);
      this.#next = (this.#next + 1) % MAX_ADDRESSES;
      if (!this.#taken.has(address)) return address;
    }
    throw new Error('Allocation failed: no address is left in 10.42.0.0/16; remove containers');
  }
}

/** A runtime in which nothing runs. */
export const createSimulatedRuntime = (options: SimulatedRuntimeOptions = {}): SimulatedRuntime => new Simulation(options);
