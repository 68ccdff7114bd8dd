import { environmentOf, findProcess, listProcesses, type ProcessEntry } from './process-table.js';

/** The environment variable that says whose container a process is. */
const CONTAINER = 'LOCAL_RANCHER_CONTAINER';

/** What every process that is started carries in its environment, so that it is found again after a crash. */
export interface Installation {
  /** The variable's name. */
  variable: string;
  /** Its value, which no other installation on the machine has. */
  id: string;
}

/**
 * Says which processes of the machine are whose container's: those in the container's process group, and those elsewhere that
 * inherited its markers (a Jupyter kernel starts a session of its own; a killed parent leaves everything behind).
 */
export class Ownership {
  readonly #groups = new Map<number, string>();

  constructor(private readonly installation: Installation) {}

  /** Environment variables that all processes of a container inherit. */
  markers(uuid: string): Record<string, string> {
    return { [CONTAINER]: uuid, [this.installation.variable]: this.installation.id };
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
    return environment.get(this.installation.variable) === this.installation.id ? environment.get(CONTAINER) : undefined;
  }
}

function lineage(pid: number): Set<number> {
  const pids = new Set<number>();
  for (let next: number | undefined = pid; next !== undefined && next > 0 && !pids.has(next); next = findProcess(next)?.parent)
    pids.add(next);
  return pids;
}
