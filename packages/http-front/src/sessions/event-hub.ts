import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CacheEvent, Session } from '@mooring/resources';
import type { Gauge } from 'prom-client';
import { EventStream, type Frame } from './event-stream.js';
import type { Sink } from './outlet.js';
import type { Queue } from './saying.js';
import type { StartLine } from './start-line.js';
import { viewOf } from './status.js';

interface HubLimits {
  /** Streams open at once. */
  maxStreams: number;
  /** Streams of one person open at once: tabs. */
  maxPerPerson: number;
  /** Milliseconds between two heartbeats, which keep proxies from closing a quiet stream, and tell a page that its stream is alive. */
  heartbeatMs: number;
}

export interface HubOptions extends HubLimits {
  subscribe: (listener: (event: CacheEvent<'Session'>) => void) => () => void;
  open: Gauge;
  /** Where those stand that wait for their turn. */
  line: Pick<StartLine, 'placeOf' | 'onMove'>;
  /** Milliseconds after which a browser comes back when we go; another number each time, or all would come at once. */
  retryMs?: () => number;
}

/** Heartbeats that are sent in one go, before others get their turn: each costs a system call. */
const BEATS_AT_ONCE = 250;

function statusFrame(session: Session, queue: Queue | undefined): Frame {
  const { resourceVersion: id } = session.metadata;
  const view = viewOf(session, undefined, queue);
  return { key: queue ? `${id}/${queue.place}/${queue.of}` : id, text: `event: status\nid: ${id}\ndata: ${JSON.stringify(view)}\n\n` };
}

const goneText = ({ metadata }: Session): string => `event: gone\ndata: ${JSON.stringify({ name: metadata.name })}\n\n`;

/** Long enough for a start, over so long a time that ten thousand don't come at once. */
const someTime = (): number => 1_000 + Math.floor(Math.random() * 4_000);

const stoppingText = (retryMs: number): string => `retry: ${retryMs}\nevent: stopping\ndata: {}\n\n`;

/**
 * Tells open streams what changes in the sessions that they follow: one subscription and one heartbeat for all of them, and one text for all
 * who follow the same session.
 */
export class EventHub {
  readonly #byName = new Map<string, Set<EventStream>>();
  readonly #perPerson = new Map<string, number>();
  readonly #unsubscribe: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  #size = 0;

  constructor(private readonly options: HubOptions) {
    this.#unsubscribe = options.subscribe(({ type, object }) => this.#tell(type, object));
    options.line.onMove((waiting) => {
      for (const session of waiting) this.#tell('MODIFIED', session);
    });
    this.#heartbeat = setInterval(() => void this.#beat(), options.heartbeatMs);
    this.#heartbeat.unref();
  }

  /** Whether one more stream of this person is within the limits. */
  hasRoom(user: string): boolean {
    return this.#size < this.options.maxStreams && (this.#perPerson.get(user) ?? 0) < this.options.maxPerPerson;
  }

  /** Opens a stream, which begins with the session as it is; it ends with the sink, with the session, or with the hub. */
  add(session: Session, sink: Sink): void {
    const { name } = session.metadata;
    const user = session.spec.owner.name;
    const stream = new EventStream(sink);
    const streams = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, streams.add(stream));
    this.#count(user, 1);
    sink.once('close', () => {
      streams.delete(stream);
      if (streams.size === 0 && this.#byName.get(name) === streams) this.#byName.delete(name);
      this.#count(user, -1);
    });
    stream.send(statusFrame(session, this.options.line.placeOf(session)));
  }

  /** Tells every stream that we go, and ends it; browsers come back by themselves. */
  close(): void {
    const { retryMs = someTime } = this.options;
    this.#unsubscribe();
    clearInterval(this.#heartbeat);
    for (const stream of this.#all()) stream.end(stoppingText(retryMs()));
  }

  #tell(type: CacheEvent['type'], session: Session): void {
    const streams = this.#byName.get(session.metadata.name);
    if (streams === undefined) return;
    if (type === 'DELETED') {
      for (const stream of streams) stream.end(goneText(session));
      return;
    }
    const frame = statusFrame(session, this.options.line.placeOf(session));
    for (const stream of streams) stream.send(frame);
  }

  #count(user: string, change: 1 | -1): void {
    const streams = (this.#perPerson.get(user) ?? 0) + change;
    if (streams > 0) this.#perPerson.set(user, streams);
    else this.#perPerson.delete(user);
    this.#size += change;
    this.options.open.set(this.#size);
  }

  async #beat(): Promise<void> {
    let sent = 0;
    for (const stream of this.#all()) {
      stream.heartbeat();
      sent += 1;
      if (sent % BEATS_AT_ONCE === 0) await nextTurn();
    }
  }

  #all(): EventStream[] {
    return [...this.#byName.values()].flatMap((streams) => [...streams]);
  }
}
