import { environmentOf, findProcess, listProcesses, type ProcessEntry } from './process-table.js';

const INSTALLATION = 'MOORING_INSTALLATION';
const CONTAINER = 'MOORING_CONTAINER';

/**
 * Says which processes of the machine are whose container's: those in the container's process group, and those elsewhere that
 * inherited its markers (a Jupyter kernel starts a session of its own; a killed parent leaves everything behind).
 */
export class Ownership {
  readonly #groups = new Map<number, string>();

  constructor(readonly installation: string) {}

  /** Environment variables that all processes of a container inherit. */
  markers(uuid: string): Record<string, string> {
    return { [CONTAINER]: uuid, [INSTALLATION]: this.installation };
  }

  addGroup(group: number, uuid: string): void {
    this.#groups.set(group, uuid);
  }

  /** To be called as soon as nothing of the group runs: the number is used again. */
  dropGroup(group: number): void {
    this.#groups.delete(group);
  }

  processesOf(uuid: string): number[] {
    return this.byContainer().get(uuid) ?? [];
  }

  /** Every process of this installation's containers, by the container's uuid; never this process or one that it descends from. */
  byContainer(): Map<string, number[]> {
    const spared = lineage(process.pid);
    const found = new Map<string, number[]>();
    for (const entry of listProcesses()) {
      const uuid = spared.has(entry.pid) ? undefined : this.#containerOf(entry);
      if (uuid !== undefined) found.set(uuid, [...(found.get(uuid) ?? []), entry.pid]);
    }
    return found;
  }

  #containerOf({ pid, group }: ProcessEntry): string | undefined {
    const uuid = this.#groups.get(group);
    if (uuid !== undefined) return uuid;
    const environment = environmentOf(pid);
    return environment.get(INSTALLATION) === this.installation ? (environment.get(CONTAINER) ?? '') : undefined;
  }
}

function lineage(pid: number): Set<number> {
  const pids = new Set<number>();
  for (let next: number | undefined = pid; next !== undefined && next > 0 && !pids.has(next); next = findProcess(next)?.parent)
    pids.add(next);
  return pids;
}
