import type { ActivitySourceName, Session } from '@mooring/resources';

/** What one source says of one session. Times are in ms since the epoch; `detail` is a short clause for people, without secrets. */
export type Reading =
  /** Somebody used it at that time, which is news: it was not told at the last look. */
  | { type: 'active'; at: number; detail: string }
  /** Nobody has used it since then, as far as this source can see; only what it really observed counts. */
  | { type: 'quiet'; since: number; detail: string }
  /**
   * It can't tell: nothing was observed, or nothing that proves anything. `seen`: there is something that may be somebody's, so that nobody
   * is taken for absent on the word of those who see less. `outage`: it is there and fails, so that its word is waited for, whether it ever
   * told anything or not. `refused`: it doesn't let us in, which may be so for good. `noneSince`: nobody asked for anything since then, which alone proves nothing.
   */
  | { type: 'unknown'; why: string; seen?: true; outage?: true; refused?: true; noneSince?: number };

/** Whose activity is asked for. */
export interface Target {
  session: Session;
  /** Where the container answers. */
  address: { ip: string; port: number };
  /** Rancher's ids. */
  serviceId: string;
  containerId: string;
  /** Changes with each start of the container: what was observed of an earlier run says nothing of this one. */
  run: string;
}

/** What the sources say: by the session's uid. A target that is missing in it is unknown. */
export type Readings = ReadonlyMap<string, Reading>;

/**
 * One who can tell whether sessions are used. It is asked once an interval for many sessions, and never throws for want of an answer: that is
 * `unknown`. Its own asking never looks like activity.
 */
export interface ActivitySource {
  readonly name: ActivitySourceName;
  /** `cheap`: asked each time. `dear`: costs a call a session, so it is asked only of those that the cheap ones don't see used. */
  readonly cost: 'cheap' | 'dear';
  read(targets: readonly Target[], signal: AbortSignal): Promise<Readings>;
}
