import { Counter, Histogram, type Registry } from 'prom-client';
import { type Count, createTally } from './tally.js';

/** The entrances that are counted apart; `background` is what reaches /narrative/ without being a wish, `other` what belongs nowhere. */
const DOORS = [
  'narrative',
  'background',
  'sessions',
  'events',
  'verify',
  'login',
  'status',
  'shutdown',
  'reaper',
  'api',
  'containers',
  'upgrades',
  'dashboard',
  'direct',
  'assets',
  'other',
] as const;
export type Door = (typeof DOORS)[number];

const CODES = [
  200, 201, 202, 204, 206, 302, 303, 304, 400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 414, 415, 416, 429, 431, 500, 502, 503,
];

export interface RequestMetrics {
  /** One answered request; `seconds` from its arrival to the end of the answer. */
  observe(door: Door, code: number, seconds: number): void;
  /** What was refused before it was a request. */
  refused(code: number): void;
  /** A connection that was one too many. */
  dropped(): void;
}

interface Entrance {
  door: Door;
  counts: Map<number, Count>;
  /** Undefined for event streams. */
  observe: Observe | undefined;
}

/** Durations that wait at most. */
const WAITING = 256;

type Observe = (seconds: number) => void;

/**
 * Durations are told to prom-client some hundred at once, and when somebody reads it: that costs a third of what it does by one and one
 * between everything else.
 */
class Durations {
  readonly #histogram: Histogram<'door'>;
  readonly #untold: (() => void)[] = [];

  constructor(registry: Registry) {
    const tell = (): void => {
      for (const told of this.#untold) told();
    };
    this.#histogram = new Histogram({
      name: 'mooring_front_request_duration_seconds',
      help: 'Time from the arrival of a request to the end of its answer, event streams left out.',
      labelNames: ['door'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
      collect: tell,
    });
  }

  /** What observes for a door, which is told from now on. */
  of(door: Door): Observe {
    this.#histogram.zero({ door });
    const { observe } = this.#histogram.labels({ door });
    let waiting: number[] = [];
    const tell = (): void => {
      for (const seconds of waiting) observe(seconds);
      waiting = [];
    };
    this.#untold.push(tell);
    return (seconds) => {
      if (waiting.push(seconds) >= WAITING) tell();
    };
  }
}

export function createRequestMetrics(registry: Registry): RequestMetrics {
  const total = createTally({
    name: 'mooring_front_requests_total',
    help: 'Requests that the front answered, by entrance and status code.',
    labelNames: ['door', 'code'],
    registers: [registry],
  });
  const durations = new Durations(registry);
  const dropped = new Counter({
    name: 'mooring_front_dropped_connections_total',
    help: 'Connections that were closed unanswered, since as many were open as may be at once.',
    registers: [registry],
  });
  const entranceOf = (door: Door): Entrance => ({
    door,
    counts: new Map(CODES.map((code) => [code, total({ door, code })])),
    observe: door === 'events' ? undefined : durations.of(door),
  });
  const entrances = Object.fromEntries(DOORS.map((door) => [door, entranceOf(door)])) as Record<Door, Entrance>;
  const count = ({ door, counts }: Entrance, code: number): void => {
    let known = counts.get(code);
    if (known === undefined) {
      known = total({ door, code });
      counts.set(code, known);
    }
    known();
  };
  return {
    observe(door, code, seconds) {
      const entrance = entrances[door];
      count(entrance, code);
      entrance.observe?.(seconds);
    },
    refused: (code) => count(entrances.other, code),
    dropped: () => dropped.inc(),
  };
}
