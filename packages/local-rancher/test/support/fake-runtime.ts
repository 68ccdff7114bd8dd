import type { ContainerExit, ContainerSpec, ExitListener, Runtime } from '../../src/runtime/runtime.js';

/** Runs nothing; tests end "processes" and read what was asked for. */
export class FakeRuntime implements Runtime {
  readonly started: ContainerSpec[] = [];
  readonly removed: string[] = [];
  readonly running = new Map<string, ContainerSpec>();
  recovered = 0;
  /** Images that can't be started, with what is thrown. */
  readonly broken = new Map<string, Error>();
  #listener: ExitListener = () => undefined;
  #last = 0;

  async recover(): Promise<void> {
    this.recovered += 1;
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

  isRunning(uuid: string): boolean {
    return this.running.has(uuid);
  }

  pidOf(): undefined {
    return undefined;
  }

  logPath(uuid: string): string {
    return `/nowhere/${uuid}.log`;
  }

  async close(): Promise<void> {
    this.running.clear();
  }

  /** The process ends by itself. */
  exit(uuid: string, exit: ContainerExit = { exitCode: 0, signal: null, oomKilled: false }): void {
    this.running.delete(uuid);
    this.#listener(uuid, exit);
  }
}
