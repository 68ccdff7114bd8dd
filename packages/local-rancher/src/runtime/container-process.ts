import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { RuntimeError, systemErrorCode } from './errors.js';
import type { Launch } from './launch.js';
import type { Ownership } from './ownership.js';
import type { ContainerExit } from './runtime.js';
import { killUntilGone, signalAll, signalProcess, waitUntilGone } from './termination.js';

export interface SpawnOptions {
  uuid: string;
  launch: Launch;
  logPath: string;
  ownership: Ownership;
}

/** How it went: `remains` are processes that even SIGKILL didn't end. */
export interface Ending extends ContainerExit {
  asked: boolean;
  remains: readonly number[];
}

/** A container that runs: a process that leads a group and a session of its own, and all that it starts. */
export class ContainerProcess {
  /** Resolves when nothing of the container runs any more. */
  readonly ended: Promise<Ending>;
  #stopAsked = false;
  #leaderRuns = true;
  #graceEnds = Number.POSITIVE_INFINITY;
  #oomKilled = false;

  private constructor(
    readonly uuid: string,
    readonly pid: number,
    private readonly ownership: Ownership,
    child: ChildProcess,
  ) {
    ownership.addGroup(pid, uuid);
    this.ended = this.#follow(child);
  }

  /** @throws RuntimeError CommandNotStarted */
  static async spawn({ uuid, launch, logPath, ownership }: SpawnOptions): Promise<ContainerProcess> {
    const log = await open(logPath, 'a', 0o600);
    try {
      const child = spawn(launch.file, launch.args, {
        cwd: launch.workingDir,
        env: launch.env,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      });
      if (child.pid === undefined) throw (await once(child, 'error'))[0];
      // Listens for the exit from here on, before anything is awaited: a short program may end at once.
      return new ContainerProcess(uuid, child.pid, ownership, child);
    } catch (error) {
      throw notStarted(launch.file, error);
    } finally {
      await log.close();
    }
  }

  get stopAsked(): boolean {
    return this.#stopAsked;
  }

  /** SIGTERM to the group; what is left after `graceMs` milliseconds is killed. Of several calls the shortest grace counts. */
  async stop(graceMs: number): Promise<void> {
    this.#stopAsked = true;
    this.#graceEnds = Math.min(this.#graceEnds, performance.now() + graceMs);
    this.#signalGroup('SIGTERM');
    const timer = setTimeout(() => this.#signalGroup('SIGKILL'), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** What it started outside its group is killed as soon as the leader's end is noticed. */
  killForMemory(): void {
    this.#oomKilled = true;
    this.#signalGroup('SIGKILL');
  }

  /** Only while the leader runs is it sure that the group's number is still this group's. */
  #signalGroup(signal: NodeJS.Signals): void {
    if (this.#leaderRuns) signalProcess(-this.pid, signal);
  }

  async #follow(child: ChildProcess): Promise<Ending> {
    const [exitCode, signal] = await leaderExit(child);
    this.#leaderRuns = false;
    const asked = this.#stopAsked;
    const find = () => this.ownership.processesOf(this.uuid);
    if (asked) await this.#endGently(find);
    // As in Docker, nothing outlives the first process.
    const remains = await killUntilGone(find);
    this.ownership.dropGroup(this.pid);
    return { exitCode, signal, oomKilled: this.#oomKilled, asked, remains };
  }

  /** Where a stop was asked for, what the leader left behind (a shell's child, Jupyter's kernels) has the rest of the grace. */
  async #endGently(find: () => readonly number[]): Promise<void> {
    signalAll(find(), 'SIGTERM');
    await waitUntilGone(find, () => this.#graceEnds);
  }
}

function leaderExit(child: ChildProcess): Promise<[exitCode: number | null, signal: NodeJS.Signals | null]> {
  return new Promise((resolve) => child.once('exit', (exitCode, signal) => resolve([exitCode, signal])));
}

/** By its code only: Node's sentences quote the environment, where secrets are. */
function notStarted(file: string, error: unknown): RuntimeError {
  const code = systemErrorCode(error);
  const reason = code === 'ENOENT' ? 'there is no such program on the PATH, or its working folder is missing' : `the system says ${code}`;
  return new RuntimeError(
    'CommandNotStarted',
    `command: ${JSON.stringify(file)} can't be started: ${reason}. Correct the command or the image.`,
  );
}
