/** What a container used at one moment. */
export interface UsageSample {
  /** RFC 3339. */
  at: string;
  /** Nanoseconds since its start, of all processors together. */
  cpuNanoseconds: number;
  memoryBytes: number;
  /** Since its start; missing where nobody counts them. */
  network?: { receivedBytes: number; sentBytes: number };
  /** Between memory and disks, since its start; missing where nobody counts them. */
  block?: { readBytes: number; writtenBytes: number };
}

/** Samples of a container by Rancher's id, one a second or so, until it ends or the signal is aborted. */
export type WatchUsage = (id: string, signal: AbortSignal) => AsyncIterable<UsageSample>;

/** A minute, at one a second. */
const SERIES = 60;
const UNASKED_MS = 60_000;
const AT_ONCE = 50;
const FIRST_MS = 5_000;

interface Watched {
  samples: UsageSample[];
  askedAt: number;
  ending: AbortController;
  first: Promise<void>;
}

/** Keeps the newest samples of those containers that somebody asks for, and watches them for as long as somebody does. */
export class UsageSeries {
  readonly #watched = new Map<string, Watched>();

  constructor(
    private readonly watch: WatchUsage,
    /** In ms since the epoch. */
    private readonly now: () => number,
  ) {}

  /** The newest last; none where it does not run, or nobody measures it. undefined where too many are watched. */
  async read(id: string): Promise<readonly UsageSample[] | undefined> {
    this.#forget();
    let watched = this.#watched.get(id);
    if (watched === undefined && this.#watched.size >= AT_ONCE) return undefined;
    watched ??= this.#begin(id);
    watched.askedAt = this.now();
    if (watched.samples.length === 0) await watched.first;
    return watched.samples;
  }

  close(): void {
    for (const { ending } of this.#watched.values()) ending.abort();
    this.#watched.clear();
  }

  #begin(id: string): Watched {
    const ending = new AbortController();
    let hasOne: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      hasOne = resolve;
      setTimeout(resolve, FIRST_MS).unref();
    });
    const watched = { samples: [], askedAt: this.now(), ending, first };
    this.#watched.set(id, watched);
    // What can't be measured has no samples; whoever asks again has it tried again.
    this.#follow(id, watched, hasOne)
      .catch(() => undefined)
      .finally(() => {
        hasOne();
        if (this.#watched.get(id) === watched) this.#watched.delete(id);
      });
    return watched;
  }

  async #follow(id: string, { samples, ending }: Watched, hasOne: () => void): Promise<void> {
    for await (const sample of this.watch(id, ending.signal)) {
      samples.push(sample);
      if (samples.length > SERIES) samples.shift();
      hasOne();
      this.#forget();
    }
  }

  #forget(): void {
    const earlier = this.now() - UNASKED_MS;
    for (const [id, { askedAt, ending }] of this.#watched) {
      if (askedAt >= earlier) continue;
      ending.abort();
      this.#watched.delete(id);
    }
  }
}
