import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import { AddressPool } from './addresses.js';
import { ContainerProcess } from './container-process.js';
import { RuntimeError } from './errors.js';
import { type ContainerFolders, containerFolders, makeFolders, removeFolder } from './folders.js';
import { findImage, type ImageManifest, type ImageSpec } from './image-manifest.js';
import { type Launch, planLaunch, portsOf } from './launch.js';
import { streamLog } from './log-stream.js';
import { claimDataFolder, releaseDataFolder } from './owner-file.js';
import { type Installation, Ownership } from './ownership.js';
import { standIn, type UnknownImage } from './placeholder.js';
import { openProcessShell } from './process-shell.js';
import { usageOfProcess } from './process-usage.js';
import { endLeftovers } from './recovery.js';
import type { ContainerSpec, ExitListener, LogOrder, Runtime, Shell, ShellOrder, Survivors, Usage } from './runtime.js';
import { Supervisor } from './supervisor.js';
import { locateVolumes } from './volumes.js';

const STOP_GRACE_MS = 10_000;
const CLOSE_GRACE_MS = 5_000;
const LOOK_EVERY_MS = 1_000;

export interface ProcessRuntimeOptions {
  /** Volumes, logs and scratch folders are kept here; one running runtime a folder. */
  dataDir: string;
  /** The caller's own, so that it can find what is started too. */
  installation: Installation;
  images: ImageManifest;
  unknownImage: UnknownImage;
  logger: Logger;
  /** Milliseconds between two looks at memory and logs; 1,000 where it is missing. */
  lookEveryMs?: number;
}

export interface ProcessRuntime extends Runtime {
  start(spec: ContainerSpec): Promise<{ address: string; pid: number }>;
  /** The file that stdout and stderr are written to. */
  logPath(uuid: string): string;
}

interface Running {
  process: ContainerProcess;
  address: string;
  stopGraceMs: number;
  logPath: string;
  memory: number | undefined;
  /** Resolves when it has ended, its address is free again and the listeners know. */
  finished: Promise<void>;
  killForMemory(): void;
}

/**
 * Runs each container as a local process on an address of its own.
 * @throws RuntimeError UnsupportedPlatform anywhere but on Linux
 */
export function createProcessRuntime(options: ProcessRuntimeOptions): ProcessRuntime {
  if (process.platform !== 'linux') {
    throw new RuntimeError(
      'UnsupportedPlatform',
      `Containers as local processes need Linux (an address of 127.0.0.0/8 for each, and /proc to find them again); this is ${process.platform}. ` +
        'Run it in a Linux virtual machine or container.',
    );
  }
  return new Processes(options);
}

class Processes implements ProcessRuntime {
  readonly #running = new Map<string, Running>();
  readonly #starting = new Map<string, Promise<unknown>>();
  readonly #listeners: ExitListener[] = [];
  readonly #ownership: Ownership;
  readonly #addresses: AddressPool;
  readonly #supervisor: Supervisor;
  #closed = false;

  constructor(private readonly options: ProcessRuntimeOptions) {
    this.#ownership = new Ownership(options.installation);
    this.#addresses = new AddressPool(options.installation.id);
    const { logger, lookEveryMs: intervalMs = LOOK_EVERY_MS } = options;
    this.#supervisor = new Supervisor({ running: () => this.#running, ownership: this.#ownership, logger, intervalMs });
  }

  /** Ends all of it: a process that outlived what started it has nobody to tell how it ended. @throws RuntimeError DataFolderInUse, LeftoversRemain */
  async recover(): Promise<Survivors> {
    await claimDataFolder(this.options.dataDir);
    await endLeftovers(this.#ownership, this.options.logger);
    return new Map();
  }

  /** A start during a stop waits for its end. @throws RuntimeError, ImageNotFoundError */
  async start(spec: ContainerSpec): Promise<{ address: string; pid: number }> {
    const { uuid } = spec;
    const previous = this.#running.get(uuid);
    if (this.#starting.has(uuid) || previous?.process.stopAsked === false) {
      throw new RuntimeError('AlreadyRunning', `uuid: the container ${uuid} runs already. Stop it first.`);
    }
    const starting = this.#start(spec, previous?.finished);
    this.#starting.set(uuid, starting);
    try {
      const { address, process } = await starting;
      return { address, pid: process.pid };
    } finally {
      this.#starting.delete(uuid);
    }
  }

  async stop(uuid: string, graceMs?: number): Promise<void> {
    const starting = this.#starting.get(uuid);
    if (starting !== undefined) await starting.catch(() => {});
    const running = this.#running.get(uuid);
    if (running === undefined) return;
    await running.process.stop(graceMs ?? running.stopGraceMs);
    await running.finished;
  }

  async remove(uuid: string): Promise<void> {
    await this.stop(uuid);
    await removeFolder(this.#folders(uuid).root);
  }

  onExit(listener: ExitListener): void {
    this.#listeners.push(listener);
  }

  onHealth(): void {
    // Nothing checks the health of a process.
  }

  onProgress(): void {
    // Nothing is fetched.
  }

  isRunning(uuid: string): boolean {
    return this.#running.has(uuid);
  }

  readLog(uuid: string, order: LogOrder): Promise<void> {
    return streamLog(this.logPath(uuid), order);
  }

  logPath(uuid: string): string {
    return this.#folders(uuid).log;
  }

  /** @throws RuntimeError NotRunning */
  async openShell(uuid: string, order: ShellOrder): Promise<Shell> {
    const running = this.#running.get(uuid);
    if (running === undefined) throw new RuntimeError('NotRunning', `uuid: the container ${uuid} doesn't run. Start it first.`);
    return openProcessShell(running.process.pid, order);
  }

  async usageOf(uuid: string): Promise<Usage | undefined> {
    const running = this.#running.get(uuid);
    return running === undefined ? undefined : usageOfProcess(running.process.pid);
  }

  async close(graceMs = CLOSE_GRACE_MS): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#starting.keys(), ...this.#running.keys()].map((uuid) => this.stop(uuid, graceMs)));
    this.#supervisor.stop();
    await releaseDataFolder(this.options.dataDir);
  }

  #folders(uuid: string): ContainerFolders {
    return containerFolders(this.options.dataDir, uuid);
  }

  async #start(spec: ContainerSpec, previousEnd: Promise<void> | undefined): Promise<Running> {
    await previousEnd;
    const image = findImage(this.options.images, spec.image) ?? standIn(spec.image, this.options.unknownImage);
    const address = await this.#addresses.reserve({ uuid: spec.uuid, ports: portsOf(spec), preferred: spec.address });
    try {
      const process = await this.#spawn(spec, await this.#prepare(spec, image, address));
      return this.#keep(spec, { process, address, stopGraceMs: image.stopGraceMs ?? STOP_GRACE_MS });
    } catch (error) {
      this.#addresses.release(address);
      throw error;
    }
  }

  async #prepare(spec: ContainerSpec, image: ImageSpec, address: string): Promise<Launch> {
    const folders = this.#folders(spec.uuid);
    const mounts = await locateVolumes(spec.volumes, this.options.dataDir, folders.scratch);
    const launch = planLaunch(spec, image, { address, folders, mounts, markers: this.#ownership.markers(spec.uuid) });
    await makeFolders(launch.needs);
    return launch;
  }

  async #spawn({ uuid }: ContainerSpec, launch: Launch): Promise<ContainerProcess> {
    if (this.#closed) throw new RuntimeError('Closed', `uuid: the container ${uuid} can't be started: the runtime is closing.`);
    return ContainerProcess.spawn({ uuid, launch, logPath: this.logPath(uuid), ownership: this.#ownership });
  }

  #keep(spec: ContainerSpec, started: Pick<Running, 'process' | 'address' | 'stopGraceMs'>): Running {
    const running: Running = {
      ...started,
      logPath: this.logPath(spec.uuid),
      memory: spec.memory,
      finished: Promise.resolve(),
      killForMemory: () => started.process.killForMemory(),
    };
    this.#running.set(spec.uuid, running);
    running.finished = this.#finish(running).catch((err: unknown) => this.options.logger.error({ err }, 'a listener of exits failed'));
    this.#supervisor.start();
    return running;
  }

  async #finish({ process, address }: Running): Promise<void> {
    const { uuid } = process;
    const { asked, remains, ...exit } = await process.ended;
    // Who waits for `start` is to hear of the start first, however short the program is.
    await setImmediate();
    if (remains.length > 0) this.options.logger.error({ container: uuid, pids: remains }, 'processes of a container outlived SIGKILL');
    else this.#addresses.release(address);
    this.#running.delete(uuid);
    if (!asked) for (const listener of this.#listeners) listener(uuid, exit);
  }
}
