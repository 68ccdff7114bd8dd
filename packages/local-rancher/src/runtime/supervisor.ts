import type { Logger } from 'pino';
import { noteInLog, trimLog } from './log-file.js';
import type { Ownership } from './ownership.js';
import { residentBytes } from './process-table.js';

/** What the supervisor has to know of a container that runs. */
export interface Supervised {
  logPath: string;
  /** Bytes. */
  memory?: number | undefined;
  killForMemory(): void;
}

export interface SupervisorOptions {
  /** By uuid: those that run now. */
  running: () => ReadonlyMap<string, Supervised>;
  ownership: Ownership;
  logger: Logger;
  /** Milliseconds from one look to the next. */
  intervalMs: number;
}

/**
 * Looks at what runs from time to time: keeps logs within their bound and kills containers that hold more memory than they may. A limit
 * by RLIMIT_AS, which the kernel would hold, counts reserved address space, of which Node and Jupyter take gigabytes at once.
 */
export class Supervisor {
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(private readonly options: SupervisorOptions) {}

  /** Starting what is started is no error. */
  start(): void {
    if (this.#timer === undefined) this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#look(), this.options.intervalMs).unref();
  }

  async #look(): Promise<void> {
    try {
      const running = this.options.running();
      await this.#limitMemory(running);
      await Promise.all([...running.values()].map(({ logPath }) => trimLog(logPath)));
    } catch (error) {
      this.options.logger.error({ err: error }, 'could not look after the containers; tried again soon');
    }
    this.#schedule();
  }

  async #limitMemory(running: ReadonlyMap<string, Supervised>): Promise<void> {
    const limited = [...running].filter(([, { memory }]) => memory !== undefined);
    if (limited.length === 0) return;
    const processes = this.options.ownership.byContainer();
    for (const [uuid, container] of limited) {
      const used = sum((processes.get(uuid) ?? []).map(residentBytes));
      if (used > (container.memory ?? 0)) await this.#kill(uuid, container, used);
    }
  }

  async #kill(uuid: string, container: Supervised, used: number): Promise<void> {
    container.killForMemory();
    this.options.logger.warn({ container: uuid, usedBytes: used, limitBytes: container.memory }, 'container killed: over its memory limit');
    await noteInLog(container.logPath, `out of memory: ${used} bytes in use, ${container.memory} allowed (launchConfig.memory); killed`);
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
