import { readFile } from 'node:fs/promises';
import type { Usage } from './runtime.js';

const PAGE_BYTES = 4096;
/** USER_HZ of Linux: ticks a second in /proc/<pid>/stat. */
const TICK_NS = 10_000_000;

/** What a process uses (proc(5): stat, statm); undefined where it is gone. */
export const usageOfProcess = async (pid: number): Promise<Usage | undefined> => {
  try {
    const [stat, statm] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${pid}/statm`, 'utf8')]);
    // The name, in brackets, may hold anything: fields are counted from its end. utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpu: { usage: { total: ticks * TICK_NS } }, memory: { usage: Number(statm.split(' ')[1]) * PAGE_BYTES } };
  } catch {
    return undefined;
  }
};
