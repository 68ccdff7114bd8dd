import type { ServiceRecord } from '@mooring/local-rancher';
import { POOL_OWNER, type Session } from '@mooring/resources';
import { sessionOf } from '../world/data-centre.js';

/** What happened and can't be seen any more: when records went, and what was recorded when the store was lost. */
export class Ledger {
  /** When the record of a session went, by its uid, in ms since the epoch by Rancher's clock. */
  readonly #ended = new Map<string, number>();
  readonly #lost = new Set<string>();
  readonly #sessions = new Set<string>();
  readonly #stopped = new Map<string, number>();
  readonly #unclaimed = new Set<string>();

  ended(uid: string): void {
    this.#ended.set(uid, Date.now());
    this.#lost.delete(uid);
  }

  endedAt(uid: string): number | undefined {
    return this.#ended.get(uid);
  }

  storeLost(sessions: readonly Session[], services: readonly ServiceRecord[]): void {
    for (const { metadata, spec } of sessions) if (spec.running && !metadata.deletionTimestamp) this.#lost.add(metadata.uid);
    for (const service of services) {
      const mark = service.metadata?.mooring as { owner?: string } | undefined;
      const uid = sessionOf(service);
      if (uid !== undefined && mark?.owner === POOL_OWNER) this.#unclaimed.add(uid);
    }
  }

  /** Recorded to run when the store was lost, and not recorded since. */
  wasLost(uid: string): boolean {
    return this.#lost.has(uid);
  }

  /** A list that lacks something, when no record says so either, can't be told from a whole one. */
  listFaulted(): void {
    this.#lost.clear();
  }

  stopped(uid: string): void {
    this.#stopped.set(uid, performance.now());
  }

  /** When it was last recorded to be stopped, in ms after the start of all. */
  stoppedAt(uid: string): number {
    return this.#stopped.get(uid) ?? Number.NEGATIVE_INFINITY;
  }

  /** How many sessions there ever were. */
  get sessions(): number {
    return this.#sessions.size;
  }

  recorded(uid: string): void {
    this.#sessions.add(uid);
    this.#lost.delete(uid);
  }

  wasUnclaimed(uid: string): boolean {
    return this.#unclaimed.has(uid);
  }
}
