import { setTimeout as sleep } from 'node:timers/promises';

export type PaceName = 'fast' | 'recorded';

/** How long a real Rancher took, in milliseconds. */
const RECORDED = {
  /** registering -> activating or inactive (02-02, 02-08). */
  register: 25,
  /** activating -> its container is listed (02-02). */
  allocate: 16,
  /** A new container -> running (02-02: created .855, firstRunning .115). */
  create: 250,
  /** A container that ran before -> running (05-12b). */
  start: 50,
  /** stopping -> stopped (05-10b). */
  stop: 45,
  /** removing -> removed (07-17). */
  erase: 17,
  /** All containers run -> active (02-02). */
  settle: 340,
  /** updating-active -> active where nothing is to be started (03-24b; 03-21b took twice as long). */
  update: 18,
  /** deactivating -> inactive after the containers stopped (04-02b). */
  deactivate: 10,
  /** activating -> active where there is no host to run anything (04-45: shorter than a poll). */
  idle: 3,
  /** All containers gone -> removed (07-02). */
  remove: 50,
  /** A stack's activating -> active, and removing -> removed (07-19b). */
  stack: 12,
  /** A batch of an upgrade: from the new container's running, or the old one's end, to what follows (04-07b, 04-34b). */
  swap: 850,
  /** Other objects from one state to the next (10-03, 10-14). */
  change: 20,
} as const;

export type Step = keyof typeof RECORDED;

/** When things happen: as soon as they can, or when they happened in the recordings. */
export interface Pace {
  /** Waits before a step; rejects once the signal is aborted. */
  wait(step: Step, signal: AbortSignal): Promise<void>;
  /** Milliseconds between batches of subscribe frames; 0: at once (recordings 06-01 to 06-03: a second). */
  readonly batchMs: number;
  /** Milliseconds between pings of a subscription (README 13). */
  readonly pingMs: number;
  /** More than 0: names race too (11-09). A DELETE that comes this early in a service's life, in milliseconds, is answered and then lost (recordings 07-14, 07-20). */
  readonly losesDeletesWithinMs: number;
  /** A removed container is purged after so many milliseconds: minutes (recordings 11-21c, 07-30). Read whenever one is shown. */
  readonly purgedAfterMs: number;
  /** How long a pause of that many milliseconds that a caller asked for takes, e.g. an upgrade's intervalMillis. */
  lasts(ms: number): number;
}

const PING_MS = 5000;
const PURGED_AFTER_MS = 120_000;

const fast: Pace = {
  wait: async (_step, signal) => signal.throwIfAborted(),
  batchMs: 0,
  pingMs: PING_MS,
  losesDeletesWithinMs: 0,
  purgedAfterMs: PURGED_AFTER_MS,
  lasts: () => 0,
};

type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

const sleepFor: Sleep = (ms, signal) => sleep(ms, undefined, { signal });

interface ReplayOptions {
  /** Maps how long something took to how long it is to take here, in milliseconds. Changes of one turn of the event loop then reach subscribers at once. */
  shorten?: (ms: number) => number;
  /** By another clock. */
  sleep?: Sleep;
}

/** As recorded; the options are for replays that are not to wait as long. */
export const recordedPace = ({ shorten, sleep: pause = sleepFor }: ReplayOptions = {}): Pace => {
  const lasts = shorten ?? ((ms: number) => ms);
  return {
    wait: (step, signal) => pause(lasts(RECORDED[step]), signal),
    batchMs: shorten ? 0 : 1000,
    pingMs: lasts(PING_MS),
    losesDeletesWithinMs: 8,
    purgedAfterMs: lasts(PURGED_AFTER_MS),
    lasts,
  };
};

export const paceNamed = (name: PaceName): Pace => (name === 'recorded' ? recordedPace() : fast);
