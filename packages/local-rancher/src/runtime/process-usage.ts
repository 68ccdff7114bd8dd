import { readFile } from 'node:fs/promises';
import type { Usage } from './runtime.js';

const PAGE_BYTES = 4096;
/** USER_HZ of Linux: ticks a second in /proc/<pid>/stat. */
const TICK_NS = 10_000_000;

/** What a process and its children that have ended moved between memory and disks (proc(5): io); undefined where it may not be looked at. */
async function blocksOf(pid: number): Promise<Usage['diskio']> {
  const text = await readFile(`/proc/${pid}/io`, 'utf8').catch(() => '');
  const bytes = (name: string): number | undefined => {
    const found = new RegExp(`^${name}: (\\d+)$`, 'm').exec(text);
    return found ? Number(found[1]) : undefined;
  };
  const [Read, Write] = [bytes('read_bytes'), bytes('write_bytes')];
  return Read === undefined || Write === undefined ? undefined : { io_service_bytes: [{ major: 0, minor: 0, stats: { Read, Write } }] };
}

/** What a process uses (proc(5): stat, statm, io); undefined where it is gone. */
export const usageOfProcess = async (pid: number): Promise<Usage | undefined> => {
  try {
    const [stat, statm, diskio] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/statm`, 'utf8'),
      blocksOf(pid),
    ]);
    // The name, in brackets, may hold anything: fields are counted from its end. utime and stime are the 14th and 15th, those of
    // children that have ended the 16th and 17th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    const memory = { usage: Number(statm.split(' ')[1]) * PAGE_BYTES };
    return { cpu: { usage: { total: ticks * TICK_NS } }, memory, ...(diskio && { diskio }) };
  } catch {
    return undefined;
  }
};
