import { StringDecoder } from 'node:string_decoder';
import type { Logger } from 'pino';
import { Agent, request } from 'undici';
import type { Clock } from '../../runtime/clock.js';
import { LinePicker } from './prometheus-text.js';
import { readMetrics, TRAEFIK_METRICS, type TraefikMetrics } from './traefik-metrics.js';

/** What Traefik said, or why it said nothing of use; `at` is when it had been read, in ms since the epoch. */
export type Scrape = ({ metrics: TraefikMetrics } | { problem: string }) & { at: number };

export interface TraefikScraperOptions {
  /** Of the metrics: http://traefik:8080/metrics. */
  url: string;
  clock: Pick<Clock, 'now'>;
  log: Logger;
  /** For the whole of a scrape, in ms. */
  deadlineMs?: number;
  maxBytes?: number;
  /** Who fetches them; over the network where nothing else is said. */
  fetch?: FetchMetrics | undefined;
}

/** Fetches a text in pieces. @throws where nothing answers, or `signal` fires first */
export type FetchMetrics = (url: string, signal: AbortSignal) => Promise<{ statusCode: number; body: AsyncIterable<Buffer> }>;

const DEADLINE_MS = 5_000;
/** 10,000 sessions with 10 kB of histograms each. */
const MAX_BYTES = 128 * 1024 * 1024;

/**
 * Fetches Traefik's metrics, once for everybody who asks before it begins, and one after the other: a look is never older than the
 * question, and looks are told in their order.
 */
export class TraefikScraper {
  readonly #options: TraefikScraperOptions & { deadlineMs: number; maxBytes: number };
  readonly #fetch: FetchMetrics;
  #next: Promise<Scrape> | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #problem: string | undefined;

  constructor(options: TraefikScraperOptions) {
    this.#options = { deadlineMs: DEADLINE_MS, maxBytes: MAX_BYTES, ...options };
    this.#fetch = options.fetch ?? overNetwork(this.#options.deadlineMs);
  }

  scrape(): Promise<Scrape> {
    this.#next ??= this.#soon();
    return this.#next;
  }

  async #soon(): Promise<Scrape> {
    const last = this.#last;
    const done = (async () => {
      await last;
      // Whoever asks in the same turn shares it.
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#next = undefined;
      return this.#scrape();
    })();
    this.#last = done;
    return done;
  }

  async #scrape(): Promise<Scrape> {
    const read = await this.#read().catch((error: unknown) => ({ problem: this.#reasonOf(error) }));
    const problem = 'problem' in read ? read.problem : undefined;
    if (problem !== this.#problem) this.#tell(problem);
    this.#problem = problem;
    return { ...('problem' in read ? read : { metrics: read }), at: this.#options.clock.now() };
  }

  async #read(): Promise<TraefikMetrics | { problem: string }> {
    const { url, deadlineMs, maxBytes } = this.#options;
    const signal = AbortSignal.timeout(deadlineMs);
    const answer = await this.#fetch(url, signal);
    const picker = new LinePicker(TRAEFIK_METRICS);
    const decoder = new StringDecoder('utf8');
    let bytes = 0;
    for await (const chunk of answer.body) {
      bytes += chunk.length;
      if (bytes > maxBytes) return { problem: `Traefik's metrics have more than ${maxBytes} bytes` };
      if (answer.statusCode === 200) picker.add(decoder.write(chunk));
    }
    return answer.statusCode === 200 ? readMetrics(picker) : { problem: `Traefik answers ${answer.statusCode} for its metrics` };
  }

  #reasonOf(error: unknown): string {
    const { name, code, message } = error as Partial<NodeJS.ErrnoException>;
    if (name === 'TimeoutError') return `Traefik's metrics did not come within ${this.#options.deadlineMs / 1000} s`;
    return `Traefik's metrics can't be fetched (${code ?? message ?? 'no reason given'})`;
  }

  #tell(problem: string | undefined): void {
    if (problem === undefined) this.#options.log.info("Traefik's metrics can be read again");
    else this.#options.log.warn({ problem }, "Traefik's metrics can't be read: who is active can't be told from them");
  }
}

function overNetwork(deadlineMs: number): FetchMetrics {
  const dispatcher = new Agent({ connect: { timeout: deadlineMs }, headersTimeout: deadlineMs, bodyTimeout: deadlineMs });
  const headers = { accept: 'text/plain', 'user-agent': 'mooring-probe' };
  return (url, signal) => request(url, { dispatcher, reset: true, headers, signal });
}
