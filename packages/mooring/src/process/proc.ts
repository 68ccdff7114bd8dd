import { readdir, readFile } from 'node:fs/promises';

/** Environment variable by which an installation's processes are found again: its id. */
export const INSTALLATION_VARIABLE = 'MOORING_INSTALLATION';

/**
 * What tells a process from a later one with the same pid: the machine's boot and the process' start in clock ticks (field 22 of
 * /proc/<pid>/stat). undefined where there is no such process, or it is a zombie; `unknown` where there is no /proc.
 */
export async function birthOf(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile('/proc/sys/kernel/random/boot_id', 'utf8')]);
    // The second field, the program's name in parentheses, may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${fields[19]}.${boot.slice(0, 8)}`;
  } catch {
    return process.platform === 'linux' ? undefined : birthWithoutProc(pid);
  }
}

function birthWithoutProc(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return 'unknown';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'unknown' : undefined;
  }
}

async function carriesMarker(pid: number, marker: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.split('\0').includes(marker);
}

/** The processes, but for this one, that were started with `name=value` in their environment. None where there is no /proc. */
export async function processesWith(name: string, value: string): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => pid !== process.pid && (await carriesMarker(pid, `${name}=${value}`))));
  return pids.filter((_, index) => found[index]);
}
