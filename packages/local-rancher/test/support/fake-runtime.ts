import type {
  ContainerExit,
  ContainerHealth,
  ContainerSpec,
  ExitListener,
  HealthListener,
  ProgressListener,
  Runtime,
  Shell,
  Survivors,
} from '../../src/runtime/runtime.js';

/** Runs nothing; tests end "processes" and read what was asked for. */
export class FakeRuntime implements Runtime {
  readonly started: ContainerSpec[] = [];
  readonly removed: string[] = [];
  readonly running = new Map<string, ContainerSpec>();
  recovered = 0;
  /** What the next recovery finds running, by uuid, and what it was told of. */
  readonly survivors = new Map<string, { address: string }>();
  known: ReadonlySet<string> = new Set();
  /** Images that can't be started, with what is thrown. */
  readonly broken = new Map<string, Error>();
  #listener: ExitListener = () => undefined;
  #health: HealthListener = () => undefined;
  #progress: ProgressListener = () => undefined;
  #last = 0;

  async recover(known: ReadonlySet<string>): Promise<Survivors> {
    this.recovered += 1;
    this.known = known;
    return this.survivors;
  }

  async start(spec: ContainerSpec): Promise<{ address: string; pid: number }> {
    const failure = this.broken.get(spec.image);
    if (failure) throw failure;
    this.started.push(spec);
    this.running.set(spec.uuid, spec);
    this.#last += 1;
    return { address: spec.address ?? `127.64.0.${this.#last}`, pid: this.#last };
  }

  async stop(uuid: string): Promise<void> {
    this.running.delete(uuid);
  }

  async remove(uuid: string): Promise<void> {
    this.running.delete(uuid);
    this.removed.push(uuid);
  }

  onExit(listener: ExitListener): void {
    this.#listener = listener;
  }

  onHealth(listener: HealthListener): void {
    this.#health = listener;
  }

  onProgress(listener: ProgressListener): void {
    this.#progress = listener;
  }

  isRunning(uuid: string): boolean {
    return this.running.has(uuid) || this.survivors.has(uuid);
  }

  async readLog(): Promise<void> {
    // Nothing is written.
  }

  async openShell(): Promise<Shell> {
    throw new Error('nothing runs');
  }

  async usageOf(): Promise<undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    this.running.clear();
  }

  /** Its own check of health says something else now. */
  tellHealth(uuid: string, health: ContainerHealth): void {
    this.#health(uuid, health);
  }

  tellProgress(uuid: string, progress: string | null): void {
    this.#progress(uuid, progress);
  }

  /** The process ends by itself. */
  exit(uuid: string, exit: ContainerExit = { exitCode: 0, signal: null, oomKilled: false }): void {
    this.running.delete(uuid);
    this.#listener(uuid, exit);
  }
}
