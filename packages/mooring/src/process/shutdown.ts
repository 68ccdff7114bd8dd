import type { Logger } from 'pino';

/** In which order parts are stopped: whoever sends requests is told, then goes what decides, then what serves and runs, then what they all stand on. */
export const STAGES = { leaving: 0, deciding: 1, serving: 2, caches: 3, store: 4, folder: 5 } as const;

/** Stops one part. */
export type Closer = () => Promise<void> | void;

/** How long it takes at most to kill what would not stop, in ms. */
export const KILL_MS = 1_000;

interface Part {
  name: string;
  close: Closer;
  kill?: Closer | undefined;
  withinMs?: number | undefined;
}

export interface PartOptions {
  /** Ends the part's processes at once, where it has any. */
  kill?: Closer;
  /** How long it may take, in ms, where that is not as long as every part. */
  withinMs?: number;
}

/**
 * What is to be stopped, in stages: the parts of a stage are stopped at the same time, a stage after the one before. A part that was not
 * started yet was not added, so a start that fails halfway is undone by the same code.
 */
export class Shutdown {
  private readonly stages = new Map<number, Part[]>();
  private closing: Promise<void> | undefined;

  constructor(
    private readonly logger: Logger,
    /** How long a part may take, in ms, before it is killed and the others go on without it. */
    private readonly partMs = 3_500,
  ) {}

  add(stage: (typeof STAGES)[keyof typeof STAGES], name: string, close: Closer, { kill, withinMs }: PartOptions = {}): void {
    this.stages.set(stage, [...(this.stages.get(stage) ?? []), { name, close, kill, withinMs }]);
  }

  /** Ends at once what would outlive this process. Never rejects. */
  async kill(): Promise<void> {
    const parts = [...this.stages.values()].flat();
    await Promise.allSettled(parts.map(async ({ kill }) => kill?.()));
  }

  /** Stops everything, once: asked again, it answers with the stop that runs. Never rejects. */
  close(): Promise<void> {
    this.closing ??= this.closeStages();
    return this.closing;
  }

  private async closeStages(): Promise<void> {
    for (const stage of [...this.stages.keys()].sort((a, b) => a - b))
      await Promise.all((this.stages.get(stage) ?? []).map((part) => this.closePart(part)));
  }

  private async closePart({ name, close, kill, withinMs = this.partMs }: Part): Promise<void> {
    try {
      await within(withinMs, close);
    } catch (error) {
      this.logger.error({ part: name, err: error }, 'a part could not be stopped in order');
      if (kill) await within(KILL_MS, kill).catch((err: unknown) => this.logger.error({ part: name, err }, 'nor could it be killed'));
    }
  }
}

/** As the closer settles, or an error once `ms` are over. */
async function within(ms: number, close: Closer): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${ms} ms`)), ms);
  });
  try {
    await Promise.race([Promise.resolve().then(close), late]);
  } finally {
    clearTimeout(timer);
  }
}
