import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The pids of all processes that a Mooring with this data folder started: they carry its installation's marker in their environment. */
export function startedProcesses(data: string): number[] {
  const id = readIfThere(join(data, 'installation-id')).trim();
  if (id === '') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => readIfThere(`/proc/${pid}/environ`).includes(`MOORING_INSTALLATION=${id}`)).map(Number);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
