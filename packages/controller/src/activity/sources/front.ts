import type { ActivitySource, Reading, Readings, Target } from '../reading.js';
import { timeOf, unknown } from './judging.js';
import { RunMemory } from './run-memory.js';

/** When the front last got a request for a session, since it runs; in ms since the epoch. */
export interface Uses {
  last(uid: string): number | undefined;
}

/** What the front got itself: it isn't on the way to a session that runs, so it never says quiet. Each request is told once. */
export class Front implements ActivitySource {
  readonly name = 'front';
  readonly cost = 'cheap';
  /** The last request that was told. */
  readonly #told = new RunMemory<number>();

  constructor(private readonly uses: Uses) {}

  async read(targets: readonly Target[]): Promise<Readings> {
    return new Map(targets.map((target) => [target.session.metadata.uid, this.#read(target)]));
  }

  #read(target: Target): Reading {
    const at = this.uses.last(target.session.metadata.uid);
    if (at === undefined) return unknown('no request at the front since Mooring runs, which proves nothing');
    const told = this.#told.get(target);
    if (told !== undefined && at <= told) return unknown(`no request at the front since ${timeOf(at)}, which proves nothing`);
    this.#told.set(target, at);
    return { type: 'active', at, detail: `asked for at the front at ${timeOf(at)}` };
  }
}
