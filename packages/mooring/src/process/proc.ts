import { readdir, readFile } from 'node:fs/promises';

/** Environment variable by which an installation's processes are found again: its id. */
export const INSTALLATION_VARIABLE = 'MOORING_INSTALLATION';

/**
 * What tells a process from a later one with the same pid: the machine's boot and the process' start in clock ticks (field 22 of
 * /proc/<pid>/stat). undefined where there is no such process, or it is a zombie; `unknown` where there is no /proc.
 */
export async function birthOf(pid: number): Promise<string | undefined> {
  try {
    const [{ state, startTime }, boot] = await Promise.all([statOf(pid), readFile('/proc/sys/kernel/random/boot_id', 'utf8')]);
    return state === 'Z' ? undefined : `${startTime}.${boot.slice(0, 8)}`;
  } catch {
    return process.platform === 'linux' ? undefined : birthWithoutProc(pid);
  }
}

interface Stat {
  state: string | undefined;
  parent: number;
  startTime: string | undefined;
}

/** proc(5), as far as it is used here. @throws where there is no such process, or no /proc */
async function statOf(pid: number): Promise<Stat> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The second field, the program's name in parentheses, may hold spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], parent: Number(fields[1]), startTime: fields[19] };
}

function birthWithoutProc(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return 'unknown';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'unknown' : undefined;
  }
}

/** The environment that a process was started with, as `name=value`; nothing where that can't be read. */
async function environmentOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0');
}

const carriesMarker = async (pid: number, marker: string): Promise<boolean> => (await environmentOf(pid)).includes(marker);

/** A variable of the environment that a process was started with; undefined where it had none, or it can't be read. */
export async function variableOf(pid: number, name: string): Promise<string | undefined> {
  return (await environmentOf(pid)).find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** This process and those that it descends from. */
async function lineage(): Promise<Set<number>> {
  const pids = new Set<number>();
  let pid = process.pid;
  while (pid > 0 && !pids.has(pid)) {
    pids.add(pid);
    const stat = await statOf(pid).catch(() => undefined);
    pid = stat?.parent ?? 0;
  }
  return pids;
}

/**
 * The processes that were started with `name=value` in their environment, but for this one and those that it descends from (Mooring may
 * be started again from a shell in a notebook of its own). None where there is no /proc.
 */
export async function processesWith(name: string, value: string): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const spared = await lineage();
  const pids = entries.map(Number).filter((pid) => Number.isInteger(pid) && !spared.has(pid));
  const found = await Promise.all(pids.map((pid) => carriesMarker(pid, `${name}=${value}`)));
  return pids.filter((_, index) => found[index]);
}
