import type { Store } from '@mooring/resources';
import type { Verdict } from './detector.js';
import { type ActivityMemory, holdsOn, resumed, storedForm } from './memory.js';

interface Entry {
  memory: ActivityMemory;
  /** What came of the last look in this process; none before the first, or once it isn't looked at any more. */
  verdict?: Verdict | undefined;
  /** The memory as it is stored. */
  stored?: ActivityMemory | undefined;
}

/** What is known of each session's activity, by uid; kept in memory, and in the store as far as it counts. */
export class ActivityBook {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly store: Store) {}

  /** Takes in what this process' predecessor has left. */
  async load(): Promise<void> {
    const { observedAt, memories } = await this.store.activity();
    for (const [uid, stored] of memories) {
      const known = resumed(stored, observedAt);
      if (known) this.#entries.set(uid, { memory: known.memory, stored: known.isAsStored ? known.memory : undefined });
    }
  }

  known(uid: string): Entry | undefined {
    return this.#entries.get(uid);
  }

  note(uid: string, memory: ActivityMemory, verdict: Verdict): void {
    const entry = this.#entries.get(uid);
    if (!entry) this.#entries.set(uid, { memory, verdict });
    else {
      entry.memory = memory;
      entry.verdict = verdict;
    }
  }

  /** What is left out of a look was not observed: the time until the next look at it counts as nothing. */
  setAside(seen: (uid: string) => boolean, exists: (uid: string) => boolean): void {
    for (const [uid, entry] of this.#entries) {
      if (seen(uid)) continue;
      if (!exists(uid)) this.#entries.delete(uid);
      else if (entry.verdict || !entry.memory.interrupted) {
        entry.verdict = undefined;
        entry.memory = { ...entry.memory, interrupted: true };
      }
    }
  }

  /** Stores what has changed, in one transaction; where no time runs for anybody and nothing changed, nothing is written. */
  async save(observedAt: number): Promise<void> {
    const changed: [string, Entry][] = [];
    let goesOn = false;
    for (const entry of this.#entries) {
      const { verdict, stored, memory } = entry[1];
      goesOn ||= verdict !== undefined && verdict.type !== 'active';
      if (!holdsOn(stored, memory)) changed.push(entry);
    }
    if (!goesOn && changed.length === 0) return;
    await this.store.saveActivity({ observedAt, memories: new Map(changed.map(([uid, { memory }]) => [uid, storedForm(memory)])) });
    for (const [, entry] of changed) entry.stored = entry.memory;
  }
}
