import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The pids of all processes that a Mooring with this data folder started: they carry its installation's marker in their environment. */
export function startedProcesses(data: string): number[] {
  const id = readIfThere(join(data, 'installation-id')).trim();
  return id === '' ? [] : processesWith('MOORING_INSTALLATION', id);
}

/** The pids of all processes that have this in their environment. */
export function processesWith(variable: string, value: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => readIfThere(`/proc/${pid}/environ`).split('\0').includes(`${variable}=${value}`)).map(Number);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
