import type { ActivitySource, Reading, Readings, Target } from '../reading.js';
import { timeOf, unknown } from './judging.js';

/** When the front last got a request for a session, since it runs; in ms since the epoch. */
export interface Uses {
  last(uid: string): number | undefined;
}

/** What the front got itself: it isn't on the way to a session that runs, so it never says quiet. */
export class Front implements ActivitySource {
  readonly name = 'front';
  readonly cost = 'cheap';

  constructor(private readonly uses: Uses) {}

  async read(targets: readonly Target[]): Promise<Readings> {
    return new Map(targets.map(({ session }) => [session.metadata.uid, this.#read(session.metadata.uid)]));
  }

  #read(uid: string): Reading {
    const at = this.uses.last(uid);
    if (at === undefined) return unknown('no request at the front since Mooring runs, which proves nothing');
    return { type: 'active', at, detail: `asked for at the front at ${timeOf(at)}` };
  }
}
