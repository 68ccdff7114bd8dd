import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { Logger } from 'pino';
import { RuntimeError } from '../errors.js';
import {
  type ContainerSpec,
  type ExitListener,
  type HealthListener,
  ImageNotFoundError,
  type LogOrder,
  type ProgressListener,
  type Runtime,
  type Shell,
  type ShellOrder,
  type Survivors,
  type Usage,
} from '../runtime.js';
import { createBody } from './create-body.js';
import { readDockerLog } from './docker-log.js';
import { openDockerShell } from './docker-shell.js';
import { Engine } from './engine.js';
import { followEvents } from './follow-events.js';
import { prefixOf } from './labels.js';
import { differenceOf, type Look, unseen } from './look.js';
import { pullImage } from './pull.js';
import { usageFrom } from './usage.js';

const STOP_GRACE_MS = 10_000;
const CLOSE_GRACE_MS = 5_000;
/** So many are made or started at once: an Engine that gets hundreds at a time answers none of them in time. */
const STARTS_AT_ONCE = 4;
/** A look that failed is repeated after so long, in ms. */
const LOOK_AGAIN_MS = 2_000;

export interface DockerRuntimeOptions {
  /** Where the Engine listens: `unix:///var/run/docker.sock` or `tcp://host:port`; DOCKER_HOST where it is missing. */
  url?: string | undefined;
  /** Marks what is this installation's: no other container is touched. */
  installation: string;
  /** The network that containers are in; one of the installation's own where it is missing. */
  network?: string | undefined;
  logger: Logger;
  /** After how many milliseconds a look that failed is repeated; two seconds where it is missing. */
  lookAgainMs?: number;
}

/** Runs each container as one of a Docker Engine's. */
export async function createDockerRuntime(options: DockerRuntimeOptions): Promise<Runtime> {
  return new DockerRuntime(await Engine.open(options), options);
}

class DockerRuntime implements Runtime {
  /** By uuid: as they were last seen. */
  readonly #seen = new Map<string, Look>();
  /** Those whose end was asked for. */
  readonly #asked = new Set<string>();
  readonly #looks = new Map<string, Promise<unknown>>();
  readonly #starting = new Map<string, Promise<unknown>>();
  readonly #pulls = new Map<string, Promise<void>>();
  readonly #queue = new PQueue({ concurrency: STARTS_AT_ONCE });
  readonly #exitListeners: ExitListener[] = [];
  readonly #healthListeners: HealthListener[] = [];
  readonly #progressListeners: ProgressListener[] = [];
  readonly #stop = new AbortController();
  readonly #network: string;
  #following: Promise<void> = Promise.resolve();

  constructor(
    private readonly engine: Engine,
    private readonly options: DockerRuntimeOptions,
  ) {
    this.#network = options.network ?? `${prefixOf(options.installation)}-net`;
  }

  /** Removes containers of this installation that nobody knows; the others run on. @throws RuntimeError EngineUnreachable */
  async recover(known: ReadonlySet<string>): Promise<Survivors> {
    await this.engine.network(this.#network);
    for (const { id, uuid } of await this.engine.list()) {
      if (uuid !== undefined && known.has(uuid)) await this.#look(uuid, id);
      else await this.#removeStray(id);
    }
    const { logger } = this.options;
    const listener = { onEvent: (uuid: string) => this.#lookLater(uuid), onGap: () => this.#lookAtAll() };
    this.#following = followEvents(this.engine, listener, { signal: this.#stop.signal, logger });
    const running = [...this.#seen.values()].filter((look) => look.running);
    return new Map(running.map(({ uuid, address }) => [uuid, { address }]));
  }

  /** A container that is there is started again; one that runs is taken over. @throws RuntimeError */
  async start(spec: ContainerSpec): Promise<{ address: string | null; pid: number }> {
    const { uuid } = spec;
    this.#checkOpen(uuid);
    if (this.#starting.has(uuid)) throw new RuntimeError('AlreadyRunning', `uuid: the container ${uuid} is being started already.`);
    const starting = this.#start(spec);
    this.#starting.set(uuid, starting);
    try {
      const { address, pid } = await starting;
      return { address, pid };
    } finally {
      this.#starting.delete(uuid);
    }
  }

  async stop(uuid: string, graceMs = STOP_GRACE_MS): Promise<void> {
    await this.#starting.get(uuid)?.catch(() => undefined);
    const look = this.#seen.get(uuid);
    if (!look?.running) return;
    this.#asked.add(uuid);
    await this.engine.stop(look.id, graceMs);
    await this.#look(uuid, look.id);
  }

  async remove(uuid: string): Promise<void> {
    await this.stop(uuid);
    const look = this.#seen.get(uuid);
    if (look === undefined) return;
    await this.engine.remove(look.id);
    await this.#look(uuid, look.id);
  }

  onExit(listener: ExitListener): void {
    this.#exitListeners.push(listener);
  }

  onHealth(listener: HealthListener): void {
    this.#healthListeners.push(listener);
  }

  onProgress(listener: ProgressListener): void {
    this.#progressListeners.push(listener);
  }

  isRunning(uuid: string): boolean {
    return this.#seen.get(uuid)?.running ?? false;
  }

  /** A container that isn't there has an empty log. */
  async readLog(uuid: string, order: LogOrder): Promise<void> {
    const look = this.#seen.get(uuid);
    if (look !== undefined) await readDockerLog(this.engine.docker, look, order);
  }

  async openShell(uuid: string, order: ShellOrder): Promise<Shell> {
    const look = this.#seen.get(uuid);
    if (!look?.running) throw new RuntimeError('NotRunning', `uuid: the container ${uuid} doesn't run. Start it first.`);
    return openDockerShell(this.engine.docker, look, order);
  }

  async usageOf(uuid: string): Promise<Usage | undefined> {
    const look = this.#seen.get(uuid);
    const stats = look?.running ? await this.engine.stats(look.id) : undefined;
    return stats && usageFrom(stats);
  }

  /** Stops all containers; they stay, to be started again. Starts that wait for their turn fail. */
  async close(graceMs = CLOSE_GRACE_MS): Promise<void> {
    this.#stop.abort();
    const uuids = new Set([...this.#starting.keys(), ...this.#seen.keys()]);
    const stops = await Promise.allSettled([...uuids].map((uuid) => this.stop(uuid, graceMs)));
    for (const { reason } of stops.filter((stop) => stop.status === 'rejected'))
      this.options.logger.error({ err: reason }, 'a container could not be stopped');
    await this.#following;
  }

  async #start(spec: ContainerSpec): Promise<Look> {
    const { uuid } = spec;
    this.#asked.delete(uuid);
    const id = (await this.#find(uuid)) ?? (await this.#create(spec));
    await this.#whenFree(uuid, () => this.engine.start(id));
    const look = await this.#look(uuid, id);
    if (look === undefined) throw new RuntimeError('EngineRefused', `docker: the container ${uuid} was removed while it started.`);
    return look;
  }

  /** What is under way at the close is seen to its end, so that it is known what there is to stop; what waits then is not begun. */
  #whenFree<T>(uuid: string, work: () => Promise<T>): Promise<T> {
    return this.#queue.add(() => {
      this.#checkOpen(uuid);
      return work();
    });
  }

  #checkOpen(uuid: string): void {
    if (this.#stop.signal.aborted)
      throw new RuntimeError('Closed', `uuid: the container ${uuid} can't be started: the runtime is closing.`);
  }

  async #find(uuid: string): Promise<string | undefined> {
    const id = this.#seen.get(uuid)?.id;
    return id === undefined ? undefined : (await this.engine.inspect(id))?.id;
  }

  async #create(spec: ContainerSpec): Promise<string> {
    const place = { installation: this.options.installation, network: this.#network };
    const create = () => this.#whenFree(spec.uuid, () => this.engine.create(createBody(spec, place)));
    const id = await create().catch(async (error: unknown) => {
      if (!(error instanceof ImageNotFoundError)) throw error;
      await this.#pull(spec);
      return create();
    });
    // Where its start fails it is there all the same, to be removed.
    this.#seen.set(spec.uuid, unseen(spec.uuid, id));
    return id;
  }

  /** Once for all that wait for the same image. */
  async #pull({ uuid, image }: ContainerSpec): Promise<void> {
    const tell = (progress: string | null): void => {
      for (const listener of this.#progressListeners) listener(uuid, progress);
    };
    tell(`Pulling ${image}`);
    let pull = this.#pulls.get(image);
    if (pull === undefined) {
      this.options.logger.info({ image }, 'the Docker Engine pulls an image');
      pull = pullImage(this.engine.docker, { image, onProgress: tell, signal: this.#stop.signal });
      this.#pulls.set(image, pull);
    }
    try {
      await pull;
    } finally {
      this.#pulls.delete(image);
      tell(null);
    }
  }

  async #removeStray(id: string): Promise<void> {
    this.options.logger.info({ container: id }, 'a container that local Rancher knows nothing of is removed from the Docker Engine');
    await this.engine.remove(id);
  }

  async #lookAtAll(): Promise<void> {
    await Promise.all([...this.#seen.values()].map(({ uuid, id }) => this.#look(uuid, id)));
  }

  #lookLater(uuid: string): void {
    const id = this.#seen.get(uuid)?.id;
    if (id === undefined) return;
    this.#look(uuid, id).catch((err: unknown) => {
      this.options.logger.warn({ err, container: uuid }, 'a container could not be looked at');
      return this.#lookAgain(uuid, id);
    });
  }

  /** What happened to it is told only once: it is looked at until that is seen. */
  async #lookAgain(uuid: string, id: string): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted && this.#seen.get(uuid)?.id === id) {
      await sleep(this.options.lookAgainMs ?? LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      const isSeen = await this.#look(uuid, id).then(
        () => true,
        () => false,
      );
      if (isSeen) return;
    }
  }

  /** One look after the other, so that the last one that is told is the newest. */
  #look(uuid: string, id: string): Promise<Look | undefined> {
    const before = this.#looks.get(uuid) ?? Promise.resolve();
    const look = before.catch(() => undefined).then(() => this.#lookNow(uuid, id));
    this.#looks.set(uuid, look);
    return look.finally(() => {
      if (this.#looks.get(uuid) === look) this.#looks.delete(uuid);
    });
  }

  async #lookNow(uuid: string, id: string): Promise<Look | undefined> {
    const now = await this.engine.inspect(id);
    const before = this.#seen.get(uuid);
    if (now) this.#seen.set(uuid, now);
    else if (before?.id === id) this.#seen.delete(uuid);
    const { exit, health } = differenceOf(before, now);
    if (exit && !this.#asked.has(uuid)) for (const listener of this.#exitListeners) listener(uuid, exit);
    if (health !== undefined) for (const listener of this.#healthListeners) listener(uuid, health);
    return now;
  }
}
