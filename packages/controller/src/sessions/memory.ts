import type { Session } from '@mooring/resources';
import type { ProbeResult, RouteSeen, Trouble } from './observed.js';

/** What this process learnt of a Session by asking, and keeps only as long as it runs. Everything in it can be asked again. */
export interface Remembered {
  /** The run of the container that `reach` speaks of. */
  run?: string;
  /** Whether this process has seen its container run. */
  hasRun?: boolean;
  reach?: ProbeResult;
  routed?: RouteSeen;
  trouble?: Trouble;
  /** When to read the service from Rancher rather than to wait any longer for an event, in ms. */
  readAt?: number;
  /** What is being waited for, and since when (ms). */
  waiting?: { what: string; since: number };
  /** When every source was asked for the last time before the Session's end, in ms; undefined once its route has changed. */
  askedAt?: number | undefined;
  /** Since when Rancher has been at its update, in ms. */
  updatingSince?: number | undefined;
  /** Until when its update waits, in ms: Rancher could not be asked, and what runs is reached meanwhile. */
  updateHeldUntil?: number | undefined;
  /** Nothing was left of it, and its record has gone: what still comes is old. */
  gone?: boolean;
  /** Since when the container of a Session with a time limit is there to start, in ms. */
  startingAt?: number | undefined;
  /** The Session as this process last wrote it. */
  written?: Session;
  /** When this process first saw the Session wanting, in ms; undefined once it is settled. */
  since?: number;
}

/** By uid: a Session may get another name, and a name another Session. */
export class SessionMemory {
  readonly #byUid = new Map<string, Remembered>();
  readonly #uids = new Map<string, string>();

  of({ name, uid }: Session['metadata']): Remembered {
    this.#uids.set(name, uid);
    const known = this.#byUid.get(uid) ?? {};
    this.#byUid.set(uid, known);
    return known;
  }

  /** The run of the container that serves the Session, as of the last look at it; undefined where none runs. */
  runOf(uid: string): string | undefined {
    return this.#byUid.get(uid)?.run;
  }

  /** Nobody has the name any more: answers the uid of who had it last. */
  release(name: string): string | undefined {
    const uid = this.#uids.get(name);
    this.#uids.delete(name);
    return uid;
  }

  forget(uid: string): void {
    this.#byUid.delete(uid);
  }
}

/** A process answers a moment after its start, and Traefik takes a route over within one: asking costs little. */
export const FIRST_PROBE_MS = 15;

const LAST_LOOK_MS = 5000;

/**
 * In how many ms to look again for something that is waited for: after a tenth of the time that it has taken already, so that
 * looking adds a tenth at most to what a person waits, and what takes long is asked seldom. A clock that jumps back counts as no time.
 */
export function lookDelay(memory: Remembered, what: string, now: number, firstMs: number): number {
  if (memory.waiting?.what !== what) memory.waiting = { what, since: now };
  return Math.min(LAST_LOOK_MS, Math.max(firstMs, (now - memory.waiting.since) / 10));
}
