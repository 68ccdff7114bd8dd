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
  /** updating-active -> active where nothing is to be started (03-21b). */
  update: 35,
  /** deactivating -> inactive after the containers stopped (04-02b). */
  deactivate: 10,
  /** All containers gone -> removed (07-02). */
  remove: 50,
  /** A stack's activating -> active, and removing -> removed (07-19b). */
  stack: 12,
} as const;

export type Step = keyof typeof RECORDED;

/** When things happen: as soon as they can, or when they happened in the recordings. */
export interface Pace {
  /** Waits before a step; rejects once the signal is aborted. */
  wait(step: Step, signal: AbortSignal): Promise<void>;
  /** Milliseconds between batches of subscribe frames; 0: at once (recordings 06-01 to 06-03: a second). */
  readonly batchMs: number;
  /** Whether a DELETE that comes while a service is registering is answered and then lost (recordings 07-14, 07-20). */
  readonly losesEarlyDeletes: boolean;
}

const fast: Pace = {
  wait: async (_step, signal) => signal.throwIfAborted(),
  batchMs: 0,
  losesEarlyDeletes: false,
};

const recorded: Pace = {
  wait: async (step, signal) => {
    await sleep(RECORDED[step], undefined, { signal });
  },
  batchMs: 1000,
  losesEarlyDeletes: true,
};

export const paceNamed = (name: PaceName): Pace => (name === 'recorded' ? recorded : fast);
