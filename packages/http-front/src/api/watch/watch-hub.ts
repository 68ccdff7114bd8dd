import type { ObjectCache, Session } from '@mooring/resources';
import type { Gauge } from 'prom-client';
import type { Sink } from '../../sessions/outlet.js';
import { ChangeLog } from './change-log.js';
import { WatchStream } from './watch-stream.js';

export interface WatchLimits {
  /** Streams open at once, in all and of one person. */
  maxStreams: number;
  maxPerPerson: number;
  /** Changes that are remembered for whoever comes back. */
  maxChanges: number;
  /** Milliseconds between two bookmarks. */
  heartbeatMs: number;
}

export interface WatchHubOptions extends WatchLimits {
  sessions: Pick<ObjectCache<'Session'>, 'list' | 'subscribe' | 'resourceVersion'>;
  open: Gauge;
}

export interface Watcher {
  user: string;
  sees: (session: Session) => boolean;
  /** Changes after this position are told; without it, every session is told as ADDED first. */
  after: number | undefined;
  /** Milliseconds after which it ends: who may see what is asked again then. */
  forMs: number;
}

/** Tells open watches what changes: one subscription and one heartbeat for all of them. */
export class WatchHub {
  readonly #streams = new Map<WatchStream, string>();
  readonly #log: ChangeLog;
  readonly #unsubscribe: () => void;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(private readonly options: WatchHubOptions) {
    const { sessions, maxChanges, heartbeatMs } = options;
    this.#log = new ChangeLog(Number(sessions.resourceVersion), maxChanges);
    this.#unsubscribe = sessions.subscribe((event) => {
      const change = { event, resourceVersion: Number(sessions.resourceVersion) };
      this.#log.add(change);
      for (const stream of this.#streams.keys()) stream.tell(change);
    });
    this.#heartbeat = setInterval(() => {
      for (const stream of this.#streams.keys()) stream.bookmark();
    }, heartbeatMs);
    this.#heartbeat.unref();
  }

  /** Whether one more stream of this person is within the limits. */
  hasRoom(user: string): boolean {
    const { maxStreams, maxPerPerson } = this.options;
    if (this.#streams.size >= maxStreams) return false;
    return [...this.#streams.values()].filter((each) => each === user).length < maxPerPerson;
  }

  /** Whether the changes after this position are known. */
  knows(position: number): boolean {
    return this.#log.after(position) !== undefined;
  }

  /** Opens a stream; it ends with the sink, by its age, or with the hub. */
  add({ user, sees, after, forMs }: Watcher, sink: Sink): void {
    const { sessions } = this.options;
    const stream = new WatchStream(sink, sees, after ?? Number(sessions.resourceVersion));
    const missed = after === undefined ? undefined : this.#log.after(after);
    if (missed === undefined) stream.snapshot(sessions.list());
    for (const change of missed ?? []) stream.tell(change);
    this.#streams.set(stream, user);
    this.options.open.set(this.#streams.size);
    const timer = setTimeout(() => stream.end(), forMs);
    timer.unref();
    sink.once('close', () => {
      clearTimeout(timer);
      this.#streams.delete(stream);
      this.options.open.set(this.#streams.size);
    });
  }

  /** Ends every stream; browsers come back by themselves. */
  close(): void {
    this.#unsubscribe();
    clearInterval(this.#heartbeat);
    for (const stream of this.#streams.keys()) stream.end();
  }
}
