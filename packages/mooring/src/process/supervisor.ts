import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

export interface SupervisedProgram {
  /** For people: `Traefik`. */
  name: string;
  command: string;
  args: readonly string[];
  /** The whole environment: nothing of this process' own is passed on. */
  env: Readonly<Record<string, string>>;
  /** stdout and stderr are appended here. */
  logFile: string;
  /** What asks it to end; SIGTERM where nothing is said. */
  stopSignal?: NodeJS.Signals;
}

export interface SupervisorOptions {
  logger: Logger;
  /** The first wait before a start after an end, in ms; doubled up to `maxBackoffMs`. */
  backoffMs?: number;
  maxBackoffMs?: number;
  /** A run that lasted this long, in ms, makes the next wait the first one again. */
  steadyMs?: number;
  /** Waited for before each start but the first; one that fails keeps it from no start. */
  beforeAgain?: () => Promise<void>;
}

type Exit = { code: number | null; signal: NodeJS.Signals | null };

/** Keeps a program running: starts it again, after a growing while, whenever it ends unasked. */
export class Supervisor {
  private child: ChildProcess | undefined;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private wait: number;

  constructor(
    private readonly program: SupervisedProgram,
    private readonly options: SupervisorOptions,
  ) {
    this.wait = this.firstWait;
  }

  private get firstWait(): number {
    return this.options.backoffMs ?? 250;
  }

  private get stopSignal(): NodeJS.Signals {
    return this.program.stopSignal ?? 'SIGTERM';
  }

  /** The pid of the run that goes on; undefined between two runs. */
  get pid(): number | undefined {
    return this.child?.exitCode === null && this.child.signalCode === null ? this.child.pid : undefined;
  }

  start(): void {
    this.running ??= this.keepRunning();
  }

  /** Asks it to end, and SIGKILL after `graceMs`; resolves when it is gone. Asked again, it goes on with the stop that runs. */
  async stop(graceMs: number): Promise<void> {
    if (!this.stopping.signal.aborted) {
      this.stopping.abort();
      this.child?.kill(this.stopSignal);
    }
    const kill = setTimeout(() => this.child?.kill('SIGKILL'), graceMs);
    await this.running;
    clearTimeout(kill);
  }

  /** Ends it at once, for good. */
  kill(): void {
    this.stopping.abort();
    this.child?.kill('SIGKILL');
  }

  private async keepRunning(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const began = Date.now();
      const exit = await this.runOnce();
      if (signal.aborted) return;
      if (Date.now() - began >= (this.options.steadyMs ?? 30_000)) this.wait = this.firstWait;
      this.options.logger.error(
        { ...exit, restartInMs: this.wait, log: this.program.logFile },
        `${this.program.name} ended; it is started again`,
      );
      await sleep(this.wait, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.prepareAgain();
      this.wait = Math.min(this.wait * 2, this.options.maxBackoffMs ?? 10_000);
    }
  }

  private async prepareAgain(): Promise<void> {
    const { beforeAgain, logger } = this.options;
    await beforeAgain?.().catch((err: unknown) => logger.error({ err }, `${this.program.name} is started again with what is there`));
  }

  private async runOnce(): Promise<Exit | { error: string }> {
    const log = await open(this.program.logFile, 'a', 0o600).catch(() => undefined);
    try {
      // Detached: a Ctrl-C goes to the whole foreground group, and would end it before its time.
      const child = spawn(this.program.command, this.program.args, {
        env: { ...this.program.env },
        stdio: ['ignore', log?.fd ?? 'ignore', log?.fd ?? 'ignore'],
        detached: true,
      });
      this.child = child;
      const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
      if (this.stopping.signal.aborted) child.kill(this.stopSignal);
      const [code, signal] = await exited;
      return { code, signal };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    } finally {
      await log?.close();
    }
  }
}
