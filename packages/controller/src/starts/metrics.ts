import { Gauge, Histogram, type Registry } from 'prom-client';

/** What is told of whoever keeps the line now. */
interface Line {
  readonly running: number;
  readonly queued: number;
}

const SECONDS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

/** How many start, how many wait for their turn, and for how long they did. */
export class StartMetrics {
  #line: Line = { running: 0, queued: 0 };
  readonly #waited: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    const line = (): Line => this.#line;
    new Gauge({
      name: 'mooring_starts_running',
      help: 'Sessions that were let start and are not ready yet.',
      registers,
      collect() {
        this.set(line().running);
      },
    });
    new Gauge({
      name: 'mooring_starts_queued',
      help: 'Sessions that wait for their turn to start.',
      registers,
      collect() {
        this.set(line().queued);
      },
    });
    this.#waited = new Histogram({
      name: 'mooring_start_queue_seconds',
      help: 'Time that a session waited for its turn to start; 0 where it was its turn at once.',
      buckets: SECONDS,
      registers,
    });
  }

  follow(line: Line): void {
    this.#line = line;
  }

  waited(ms: number): void {
    this.#waited.observe(ms / 1000);
  }
}
