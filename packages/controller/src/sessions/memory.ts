import type { Session } from '@mooring/resources';
import type { ProbeResult, Trouble } from './observed.js';

/** What this process learnt of a Session by asking, and keeps only as long as it runs. Everything in it can be asked again. */
export interface Remembered {
  /** The run of the container that `reach` speaks of. */
  run?: string;
  reach?: ProbeResult;
  routed?: ProbeResult;
  trouble?: Trouble;
  /** Rancher was told to do something, or is at it: read the service itself rather than wait for an event. */
  lookAgain: boolean;
  /** What was seen last, and for how many looks in a row: the delays between them grow. */
  seen?: string;
  looks: number;
  /** The Session as this process last wrote it. */
  written?: Session;
  /** When this process first saw the Session wanting, in ms; undefined once it is settled. */
  since?: number;
}

export class SessionMemory {
  readonly #byName = new Map<string, Remembered & { uid: string }>();

  /** What is remembered of this Session; nothing yet where one of the same name was there before. */
  of(name: string, uid: string): Remembered {
    const known = this.#byName.get(name);
    if (known?.uid === uid) return known;
    const fresh = { uid, lookAgain: false, looks: 0 };
    this.#byName.set(name, fresh);
    return fresh;
  }

  forget(name: string): void {
    this.#byName.delete(name);
  }
}
